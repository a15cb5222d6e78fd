import type { Value } from '../../core/index.ts';
import { pyEquals } from '../../render/index.ts';
import type { SeenCall } from './calls.ts';
import type { DecidedCall } from './decided.ts';

/** What Salt did and what Brine decided, side by side. */
export interface Comparison {
  readonly events: number;
  readonly same: number;
  /** Decided, and not seen on the bus; a job that no minion matched is not seen either. */
  readonly onlyBrine: readonly DecidedCall[];
  /** Done by Salt's reactor, and not decided. */
  readonly onlySalt: readonly SeenCall[];
  /** One function with other arguments or another target. */
  readonly different: readonly {
    readonly decided: DecidedCall;
    readonly seen: SeenCall;
    readonly in: readonly string[];
  }[];
  /** Jobs of the master's own user that no decision explains: by Salt's reactor, or by a person at the command line. */
  readonly unexplained: readonly SeenCall[];
  /** Actions that leave no trace on the bus. */
  readonly unseen: number;
}

/** The name under which Salt's reactor runs runners and wheels. */
const reactorUser = 'Reactor';

/**
 * Pairs decisions with calls. Nothing on Salt's bus says which event led to a call, so a decision is paired with
 * the first call behind its event that is the same, and what is left over with a call of the same function.
 */
export function compare(
  decided: readonly DecidedCall[],
  seen: readonly SeenCall[],
  masterUser: string,
): Comparison {
  const free = new Pool(seen);
  const visible = decided.filter(({ kind }) => kind !== 'unseen');
  const unmatched = visible.filter(
    (one) => free.take(one, (call) => differences(one, call).length === 0) === undefined,
  );
  const different: { decided: DecidedCall; seen: SeenCall; in: string[] }[] = [];
  const onlyBrine = unmatched.filter((one) => {
    const call = free.take(one, () => true);
    if (call !== undefined) different.push({ decided: one, seen: call, in: differences(one, call) });
    return call === undefined;
  });
  const left = free.left().filter(({ seq }) => seq > (decided[0]?.seq ?? 0));
  return {
    events: new Set(decided.map(({ event }) => event)).size,
    same: visible.length - unmatched.length,
    onlyBrine,
    different,
    onlySalt: left.filter(({ user }) => user === reactorUser),
    unexplained: left.filter(({ kind, user }) => kind === 'local' && user === masterUser),
    unseen: decided.length - visible.length,
  };
}

/** In which parts a decision and a call of the same function differ. */
function differences(decided: DecidedCall, call: SeenCall): string[] {
  const parts: string[] = [];
  if (decided.kind === 'local' && !pyEquals(plainTarget(decided.tgt), plainTarget(call.tgt)))
    parts.push('target');
  if (decided.kind === 'local' && decided.tgtType !== call.tgtType) parts.push('target type');
  if (!pyEquals(own(decided.args), own(call.args))) parts.push('arguments');
  return parts;
}

/** A node group of one term is resolved with brackets around it or without. */
function plainTarget(tgt: Value): Value {
  if (typeof tgt !== 'string') return tgt;
  return /^\( ([^()]*) \)$/.exec(tgt)?.[1] ?? tgt;
}

/** Without what Salt adds to keyword arguments for itself. */
function own(args: readonly Value[]): Value[] {
  return args.flatMap((arg): Value[] => {
    if (!(arg instanceof Map)) return [arg];
    const kept = new Map([...arg].filter(([key]) => !(typeof key === 'string' && key.startsWith('__'))));
    return kept.size === 0 && arg.size > 0 ? [] : [kept];
  });
}

/** Calls that no decision has taken yet, by function and in order. */
class Pool {
  readonly #byFunction = new Map<string, SeenCall[]>();

  constructor(calls: readonly SeenCall[]) {
    for (const call of calls) {
      const key = keyOf(call);
      const list = this.#byFunction.get(key);
      if (list === undefined) this.#byFunction.set(key, [call]);
      else list.push(call);
    }
  }

  /** The first call behind the decision's event that fits. */
  take(decided: DecidedCall, fits: (call: SeenCall) => boolean): SeenCall | undefined {
    const calls = this.#byFunction.get(keyOf(decided)) ?? [];
    const index = calls.findIndex((call) => call.seq > decided.seq && fits(call));
    return index < 0 ? undefined : calls.splice(index, 1)[0];
  }

  left(): SeenCall[] {
    return [...this.#byFunction.values()].flat().sort((a, b) => a.seq - b.seq);
  }
}

function keyOf({ kind, fun }: { readonly kind: string; readonly fun: string }): string {
  return `${kind} ${fun}`;
}
