import type { Problem, Value, ValueMap } from '../../core/index.ts';

/** The high data of one SLS file. */
export interface HighFile {
  readonly file: string;
  readonly high: Value;
  /** The line of an ID, where the template knows it. */
  readonly lineOf?: (id: string) => number | undefined;
}

/** One reaction: an ID with its types, after Salt's padding. */
export interface Reaction {
  readonly id: Value;
  readonly origin: HighFile;
  readonly types: readonly ReactionType[];
  /** `__env__` of the body. */
  readonly env: Value | undefined;
}

/** `local.test.ping: [...]` split at its first dot: the type, its list, and the function behind the dot. */
export interface ReactionType {
  readonly state: string;
  readonly run: Value;
  readonly fun: string | null;
  /** Checked like the others, but another function of the type came first. */
  readonly lost?: true;
}

export function slsProblem(
  code: string,
  origin: HighFile,
  id: Value,
  message: string,
  hint?: string,
  severity: Problem['severity'] = 'error',
): Problem {
  const line = typeof id === 'string' ? origin.lineOf?.(id) : undefined;
  const problem: Problem = { code, severity, message, file: origin.file, line: line ?? 1, column: 1 };
  return hint === undefined ? problem : { ...problem, hint };
}

/**
 * The reactions of all files together. A later file's ID replaces an earlier one's in its position; a file
 * with a body that is no map is left out as a whole, as Salt does.
 */
export function mergeFiles(files: readonly HighFile[], problems: Problem[]): Map<Value, Reaction> {
  const merged = new Map<Value, Reaction>();
  for (const file of files) {
    const reactions = reactionsOf(file, problems);
    for (const reaction of reactions ?? []) {
      const earlier = merged.get(reaction.id);
      if (earlier !== undefined) problems.push(replacedProblem(earlier, reaction));
      merged.set(reaction.id, reaction);
    }
  }
  return merged;
}

function replacedProblem(earlier: Reaction, later: Reaction): Problem {
  const message = `The reaction '${idText(later.id)}' of ${earlier.origin.file} is lost: this file has the same ID.`;
  return slsProblem(
    'SLS_ID_REPLACED',
    later.origin,
    later.id,
    message,
    'Give one of them another ID.',
    'warning',
  );
}

function reactionsOf(origin: HighFile, problems: Problem[]): Reaction[] | null {
  const { high } = origin;
  if (!(high instanceof Map)) {
    problems.push(slsProblem('SLS_NOT_A_MAP', origin, null, 'The file does not yield a map of reactions.'));
    return null;
  }
  const reactions: Reaction[] = [];
  const bodies = new Map<ValueMap, readonly ReactionType[]>();
  for (const [id, body] of high) {
    if (isHidden(id) && body instanceof Map) continue;
    const types =
      typeof body === 'string'
        ? shortForm(body)
        : body instanceof Map
          ? (bodies.get(body) ?? padded(body, id, origin, problems))
          : null;
    if (types === null) {
      const message = `The body of '${idText(id)}' is not a map, so the whole file is left out.`;
      problems.push(
        slsProblem(
          'SLS_BODY',
          origin,
          id,
          message,
          "Write 'ID: type.module.function' or a map below the ID.",
        ),
      );
      return null;
    }
    if (body instanceof Map) bodies.set(body, types);
    if (!isHidden(id))
      reactions.push({ id, origin, types, env: body instanceof Map ? body.get('__env__') : undefined });
  }
  const appended = functionsOf([...bodies.values()].flat());
  return reactions.map((reaction) => ({
    ...reaction,
    types: reaction.types.map((type) => withOthers(type, appended)),
  }));
}

/** The functions that padding puts behind each list of arguments. */
function functionsOf(types: readonly ReactionType[]): Map<Value, string[]> {
  const appended = new Map<Value, string[]>();
  for (const { run, fun, lost } of types) {
    if (fun === null || lost === true) continue;
    const known = appended.get(run);
    if (known === undefined) appended.set(run, [fun]);
    else known.push(fun);
  }
  return appended;
}

/** Aliases share one list, so it also holds the functions that the other places put behind it. */
function withOthers(type: ReactionType, appended: ReadonlyMap<Value, readonly string[]>): ReactionType {
  const { run, fun } = type;
  const all = appended.get(run) ?? [];
  // Its own, as nearly always.
  if (all.length === 1 && fun !== null) return type;
  const others = [...all];
  if (fun !== null) others.splice(others.indexOf(fun), 1);
  return others.length === 0 || !Array.isArray(run) ? type : { ...type, run: [...run, ...others] };
}

/** `ID: runner.fileserver.update` */
function shortForm(body: string): ReactionType[] | null {
  const dot = body.indexOf('.');
  return dot < 0 ? null : [{ state: body.slice(0, dot), run: [], fun: body.slice(dot + 1) }];
}

function padded(body: ValueMap, id: Value, origin: HighFile, problems: Problem[]): ReactionType[] | null {
  const keys = [...body.keys()];
  if (!keys.every((key) => typeof key === 'string')) return null;
  const plain: ReactionType[] = [];
  const split: ReactionType[] = [];
  const seen = new Map<string, string>();
  for (const key of keys.length > 1 ? keys.sort() : keys) {
    const run = body.get(key) as Value;
    if (key.startsWith('__')) continue;
    const dot = key.startsWith('_') || !Array.isArray(run) ? -1 : key.indexOf('.');
    const state = dot < 0 ? key : key.slice(0, dot);
    const winner = seen.get(state);
    if (dot >= 0 && winner !== undefined) {
      problems.push(repeatedProblem(winner, key, id, origin));
      split.push({ state, run, fun: key.slice(dot + 1), lost: true });
    } else if (dot >= 0) split.push({ state, run, fun: key.slice(dot + 1) });
    else plain.push({ state: key, run, fun: null });
    if (Array.isArray(run) && winner === undefined) seen.set(state, key);
  }
  if (plain.length === 0) return split;
  // What is split takes the place of a value under the bare type; that value was no list, or it would have come first.
  return [
    ...plain.filter(({ state }) => !split.some((type) => type.state === state && type.lost !== true)),
    ...split,
  ];
}

function repeatedProblem(winner: string, key: string, id: Value, origin: HighFile): Problem {
  const message = `'${key}' of '${idText(id)}' is lost: an ID can have one function of a type, and '${winner}' comes first.`;
  return slsProblem('SLS_TYPE_REPEATED', origin, id, message, 'Give each function its own ID.', 'warning');
}

/** IDs for others than the reactor, as `__rule__`. */
function isHidden(id: Value): boolean {
  return typeof id === 'string' && id.startsWith('__');
}

export function idText(id: Value): string {
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint'
    ? String(id)
    : 'an ID that is no text';
}
