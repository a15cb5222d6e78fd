import type { Problem, Value } from '../../core/index.ts';
import { pyRepr, pyStr } from '../../render/index.ts';
import type { SaltRelease } from '../types.ts';
import { idText, type Reaction, type ReactionType, slsProblem } from './high.ts';

const requisites: ReadonlySet<Value> = new Set(['require', 'watch', 'prereq', 'onchanges']);

/** From 3008 on the reactor follows requisites, so it looks at more of them. */
const requisites3008: ReadonlySet<Value> = new Set([
  ...requisites,
  ...['onchanges', 'onfail', 'require', 'watch'].map((kind) => `${kind}_any`),
  'onfail',
  'onfail_all',
  'onfail_stop',
  'prerequired',
  'listen',
]);

/** Which requisites each ID has: the other ID → its type; and the type that the ID itself has. */
type Requisites = Map<Value, { readonly state: string; readonly needs: Map<Value, Value> }>;

/** What makes Salt refuse every reaction of the event. */
export function verifyHigh(
  reactions: Iterable<Reaction>,
  problems: Problem[],
  release: SaltRelease = 3008,
): void {
  const known: Requisites = new Map();
  for (const reaction of reactions) {
    if (typeof reaction.id !== 'string') {
      const message = `The ID ${pyRepr(reaction.id)} is not text.`;
      problems.push(slsProblem('SLS_ID', reaction.origin, reaction.id, message, 'Quote it.'));
      continue;
    }
    for (const type of reaction.types) verifyType(reaction, type, known, problems, release);
  }
}

function verifyType(
  reaction: Reaction,
  type: ReactionType,
  known: Requisites,
  problems: Problem[],
  release: SaltRelease,
): void {
  const report = (code: string, message: string, hint?: string): void => {
    problems.push(slsProblem(code, reaction.origin, reaction.id, message, hint));
  };
  const id = idText(reaction.id);
  if (!Array.isArray(type.run)) {
    const hint = `Write '${type.state}: []' for a function without arguments, or a list of '- name: value' below it.`;
    report('SLS_NOT_A_LIST', `'${type.state}' of '${id}' is not formed as a list.`, hint);
    return;
  }
  const functions: string[] = type.fun === null ? [] : [type.fun];
  for (const item of type.run) {
    if (typeof item === 'string') functions.push(item);
    else if (item instanceof Map) verifyArgument(item, reaction, type, known, report, release);
  }
  for (const fun of functions) {
    if (!fun.trim().includes(' ')) continue;
    report(
      'SLS_FUNCTION_SPACE',
      `The function '${fun}' of '${id}' holds a space.`,
      "Is a ':' missing behind an argument's name?",
    );
  }
  // `_x.y`: Salt leaves the name as it is, takes what is behind the dot for a function, and then runs nothing.
  const count = functions.length + (type.fun === null && type.state.includes('.') ? 1 : 0);
  if (count === 0 && (release >= 3008 || (type.state !== 'require' && type.state !== 'watch')))
    report(
      'SLS_NO_FUNCTION',
      `'${type.state}' of '${id}' has no function.`,
      `Write '${type.state}.module.function:'.`,
    );
  if (count > 1)
    report(
      'SLS_MANY_FUNCTIONS',
      `'${type.state}' of '${id}' has more than one function: ${functions.join(', ')}.`,
      "Is a ':' missing behind an argument's name?",
    );
}

type Report = (code: string, message: string, hint?: string) => void;

function verifyArgument(
  argument: Map<Value, Value>,
  reaction: Reaction,
  type: ReactionType,
  known: Requisites,
  report: Report,
  release: SaltRelease,
): void {
  const id = idText(reaction.id);
  const first = argument.keys().next();
  if (first.done === true) {
    report('SLS_EMPTY_ARGUMENT', `An argument of '${id}' is an empty map.`);
    return;
  }
  const isNew = release >= 3008;
  if (isNew && first.value === 'names' && !Array.isArray(argument.get('names')))
    report('SLS_NOT_A_LIST', `'names' of '${id}' needs to be a list.`);
  if (!(isNew ? requisites3008 : requisites).has(first.value)) return;
  const list = argument.get(first.value) as Value;
  const name = pyStr(first.value);
  if (!Array.isArray(list)) report('SLS_REQUISITE', `'${name}' of '${id}' needs to be a list.`);
  else {
    const needs = new Map<Value, Value>();
    known.set(reaction.id, { state: type.state, needs });
    // Circles are found when 3008 orders by requisites.
    const others = isNew ? new Map<never, never>() : known;
    for (const requisite of list) {
      if (isNew && requisite instanceof Map && requisite.size > 1)
        report('SLS_REQUISITE', `The requisite ${pyRepr(requisite)} of '${id}' is not a map with one key.`);
      else verifyRequisite(requisite, reaction, type, needs, others, report);
    }
  }
  if (argument.size !== 1)
    report('SLS_REQUISITE', `'${name}' of '${id}' shares its map with other arguments.`);
}

function verifyRequisite(
  requisite: Value,
  reaction: Reaction,
  type: ReactionType,
  needs: Map<Value, Value>,
  known: Requisites,
  report: Report,
): void {
  const id = idText(reaction.id);
  const pair = typeof requisite === 'string' ? (['id', requisite] as const) : firstPair(requisite);
  if (pair === null) {
    report('SLS_REQUISITE', `The requisite ${pyRepr(requisite)} of '${id}' is not a map with one key.`);
    return;
  }
  const [kind, target] = pair;
  if (typeof kind === 'string' && kind.includes('.')) {
    const meant = kind.slice(0, kind.indexOf('.'));
    report(
      'SLS_REQUISITE',
      `The requisite type '${kind}' of '${id}' holds a dot.`,
      `Did you mean '${meant}'?`,
    );
  }
  if (target instanceof Map || Array.isArray(target)) {
    report('SLS_REQUISITE', `The requisite ${pyRepr(target)} of '${id}' is not an ID.`);
    return;
  }
  needs.set(target, kind);
  const other = known.get(target);
  if (other !== undefined && other.needs.get(reaction.id) === type.state && other.state === kind)
    report('SLS_REQUISITE', `'${id}' and '${pyStr(target)}' require each other.`);
}

function firstPair(requisite: Value): readonly [Value, Value] | null {
  if (!(requisite instanceof Map)) return null;
  const first = requisite.entries().next();
  return first.done === true ? null : first.value;
}
