import { type LinkClient, packValue, unpackValue } from '../../bus/index.ts';
import { BrineError, type Lookup, type Lookups, mapOf, type Value, type ValueMap } from '../../core/index.ts';

export interface AskParts {
  /** The master, for what its runners and wheels know. */
  readonly link: () => Pick<LinkClient, 'request'>;
  /** The functions of a minion on this host; without them only the master is asked. */
  readonly host: Lookups | undefined;
  /** The value behind an `sdb://` address. */
  readonly sdb: (uri: string) => Value;
}

type Limit = Parameters<Lookups['ask']>[1];

/**
 * Who answers beside Brine's own master: its runners and wheels through its socket, `sdb` from the settings, every
 * other function as a minion on this host runs it.
 */
export function brineLookups(parts: AskParts): Lookups {
  return { ask: (lookup, limit) => answer(lookup, limit, parts) };
}

async function answer(lookup: Lookup, limit: Limit, parts: AskParts): Promise<Value> {
  const { fun, arg, kwarg } = lookup;
  switch (fun) {
    case 'saltutil.runner':
      return throughSaltutil('runner', lookup, limit, parts);
    case 'saltutil.wheel':
      return throughSaltutil('wheel', lookup, limit, parts);
    case 'publish.runner':
      return askMaster(
        'runner',
        { fun: nameIn(lookup, 'fun'), arg: listed(arg[1] ?? kwarg.get('arg')), kwarg: new Map() },
        limit,
        parts,
      );
    case 'mine.get':
      return askMaster('runner', lookup, limit, parts);
    case 'http.query':
      return askMaster('runner', withTimeout(lookup, limit), limit, parts);
    case 'sdb.get':
      return parts.sdb(nameIn(lookup, 'uri'));
    default:
      if (parts.host !== undefined) return parts.host.ask(lookup, limit);
      throw new BrineError(
        'NO_SUCH_FUNCTION',
        `'${fun}' is not available: nobody runs functions for templates here.`,
      );
  }
}

/** `saltutil.runner(name, arg=None, kwarg=None, full_return=False, **more)`; what is more goes to the function. */
async function throughSaltutil(
  kind: 'runner' | 'wheel',
  lookup: Lookup,
  limit: Limit,
  parts: AskParts,
): Promise<Value> {
  const { arg, kwarg } = lookup;
  const fun = nameIn(lookup, 'name');
  const named = arg[2] ?? kwarg.get('kwarg');
  const inner: ValueMap = new Map(named instanceof Map ? named : []);
  for (const [key, value] of kwarg) if (typeof key !== 'string' || !own.has(key)) inner.set(key, value);
  const call = { fun, arg: listed(arg[1] ?? kwarg.get('arg')), kwarg: inner };
  const value =
    fun === 'sdb.get' && kind === 'runner'
      ? parts.sdb(nameIn(call, 'uri'))
      : await askMaster(kind, fun === 'http.query' ? withTimeout(call, limit) : call, limit, parts);
  const full = arg[3] ?? kwarg.get('full_return');
  return full === true ? mapOf({ fun: `${kind}.${fun}`, return: value, success: true }) : value;
}

const own: ReadonlySet<string> = new Set([
  'name',
  'arg',
  'kwarg',
  'full_return',
  'saltenv',
  'jid',
  'asynchronous',
]);

async function askMaster(
  kind: 'runner' | 'wheel',
  { fun, arg, kwarg }: Lookup,
  { timeoutMs }: Limit,
  { link }: AskParts,
): Promise<Value> {
  const payload = packValue(mapOf({ kind, fun, arg: [...arg], kwarg }));
  return unpackValue(await link().request('ask', payload, timeoutMs));
}

/** The master gives up when nobody waits for the answer any more. */
function withTimeout({ fun, arg, kwarg }: Lookup, { timeoutMs }: Limit): Lookup {
  const given = kwarg.get('timeout');
  const limitS = timeoutMs / 1000;
  const seconds = typeof given === 'number' ? Math.min(given, limitS) : limitS;
  return { fun, arg, kwarg: new Map([...kwarg, ['timeout', seconds]]) };
}

function nameIn({ fun, arg, kwarg }: Lookup, parameter: string): string {
  const name = arg[0] ?? kwarg.get(parameter);
  if (typeof name === 'string') return name;
  throw new BrineError('BAD_ARGUMENT', `${fun} needs the argument ${parameter}, a text.`);
}

function listed(arg: Value | undefined): Value[] {
  if (arg === undefined || arg === null) return [];
  return Array.isArray(arg) ? arg : [arg];
}
