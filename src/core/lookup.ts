import { flatArguments, splitArguments } from './job.ts';
import { toJson } from './json.ts';
import { keyText, PyFloat, PyTuple, type Value, type ValueMap } from './value.ts';

/** What a template asks of the world outside its event: a function, and what it is given. */
export interface Lookup {
  /** `module.function`, as in `salt['cmd.run']`. */
  readonly fun: string;
  readonly arg: readonly Value[];
  readonly kwarg: ValueMap;
}

/** Why there is no value. From a bounded list, because it becomes a metric label. */
export type LookupFault =
  | 'not-allowed'
  | 'unknown-function'
  | 'bad-arguments'
  | 'timeout'
  | 'failed'
  | 'too-large'
  | 'too-many'
  | 'unreachable';

/** What came of a look-up. That it failed is an answer too: the same one whenever the event is decided again. */
export type Answer =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: LookupFault; readonly message: string };

export interface AnsweredLookup {
  readonly lookup: Lookup;
  readonly answer: Answer;
}

/** Answers by `lookupKey`. */
export type Answers = ReadonlyMap<string, Answer>;

export const noAnswers: Answers = new Map();

/** Who answers look-ups: a master, a minion's functions, or a test's table. */
export interface Lookups {
  /**
   * What the function returns. Throws a BrineError: NO_SUCH_FUNCTION, BAD_ARGUMENT, UNSUPPORTED, NOT_RUNNING, …; any
   * other error is the function's own failure. `signal` aborts at the limit of `timeoutMs`: whatever was started for
   * the look-up must end then.
   */
  ask(lookup: Lookup, limit: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Value>;
}

/** Equal for look-ups that mean the same: the order of keywords does not count, types do (`1`, `1.0`, `'1'`, `True`). */
export function lookupKey({ fun, arg, kwarg }: Lookup): string {
  return `${fun}(${[...arg.map(canonical), ...sortedMembers(kwarg)].join()})`;
}

function canonical(value: Value): string {
  if (value instanceof PyFloat) return `f${String(value.value)}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')}`;
  if (value instanceof PyTuple) return `[${value.items.map(canonical).join()}]`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Map) return `{${sortedMembers(value).join()}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function sortedMembers(map: ValueMap): string[] {
  return [...map].map(([key, value]) => `${canonical(key)}=${canonical(value)}`).sort();
}

export function answerTable(answered: Iterable<AnsweredLookup>): Map<string, Answer> {
  const table = new Map<string, Answer>();
  for (const { lookup, answer } of answered) table.set(lookupKey(lookup), answer);
  return table;
}

const shownMax = 160;

/** A look-up in one line for people: `cmd.run("uptime", cwd="/")`. */
export function describeLookup({ fun, arg, kwarg }: Lookup): string {
  const named = [...hideSecrets(kwarg)].map(([key, value]) => `${keyText(key)}=${toJson(value)}`);
  return `${fun}(${cut([...arg.map((value) => toJson(hideSecrets(value))), ...named].join(', '))})`;
}

/** An answer in one line for people; what may be secret is left out. */
export function describeAnswer({ lookup, answer }: AnsweredLookup): string {
  if (!answer.ok) return `${answer.reason}: ${answer.message}`;
  return isSecret(lookup) ? '[redacted]' : cut(toJson(hideSecrets(answer.value)));
}

function cut(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}

/** A look-up with its answer as it may be shown: for machines, without secrets. */
export function shownLookup({ lookup, answer }: AnsweredLookup): ValueMap {
  const shown = lookupRow(lookup);
  shown.set('arg', hideSecrets(shown.get('arg') ?? null));
  if (!answer.ok) return shown.set('error', new Map<Value, Value>(Object.entries({ ...answer, ok: false })));
  return shown.set('answer', isSecret(lookup) ? '[redacted]' : hideSecrets(answer.value));
}

function lookupRow({ fun, arg, kwarg }: Lookup): ValueMap {
  return new Map<Value, Value>([
    ['fun', fun],
    ['arg', flatArguments(arg, kwarg)],
  ]);
}

/** What `sdb` and `vault` hold is secret by its nature. */
function isSecret({ fun, arg }: Lookup): boolean {
  return (
    /^(?:sdb|vault)\./.test(fun) ||
    arg.some((value) => typeof value === 'string' && /^sdb(?:\.|:)/.test(value))
  );
}

const secretName =
  /pass(word|wd|phrase)?$|secret|token|credential|authorization|(private|secret|api|root|master)_?key|^key$|^tok$|^eauth$/i;

function hideSecrets<T extends Value>(value: T): T;
function hideSecrets(value: Value): Value {
  if (Array.isArray(value)) return value.map(hideSecrets<Value>);
  if (!(value instanceof Map)) return value;
  return new Map(
    [...value].map(([key, item]) => [
      key,
      typeof key === 'string' && secretName.test(key) ? '[redacted]' : hideSecrets(item),
    ]),
  );
}

/** A look-up and its answer as they are stored: a list, because there are many. */
export function answeredToValue({ lookup, answer }: AnsweredLookup): Value[] {
  const { fun, arg, kwarg } = lookup;
  const asked = [fun, flatArguments(arg, kwarg)];
  return answer.ok ? [...asked, true, answer.value] : [...asked, false, answer.reason, answer.message];
}

/** Throws a TypeError on what `answeredToValue` does not make. */
export function answeredFromValue(row: Value): AnsweredLookup {
  if (!Array.isArray(row)) throw new TypeError('a stored look-up is a list');
  const [fun, flat, ok, value, message] = row;
  const { arg, kwarg } = splitArguments(Array.isArray(flat) ? flat : []);
  const lookup = { fun: String(fun as string), arg, kwarg };
  if (ok === true) return { lookup, answer: { ok, value: value ?? null } };
  return { lookup, answer: { ok: false, reason: value as LookupFault, message: String(message as string) } };
}
