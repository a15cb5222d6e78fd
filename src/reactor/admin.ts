import { type LinkServer, packValue, unpackValue } from '../bus/index.ts';
import {
  answeredToValue,
  BrineError,
  mapOf,
  problemToValue,
  type ReactorStore,
  textAt,
  type Value,
  type ValueMap,
} from '../core/index.ts';
import { browseVerbs } from './browse.ts';
import type { DeadLetters } from './dead-letters.ts';
import { decisionToValue } from './decision-value.ts';
import type { ReloadResult, RuleHolder } from './rule-holder.ts';

export interface AdminParts {
  /** Verbs of whoever runs the reactor. */
  readonly verbs?: Readonly<Record<string, (ask: ValueMap) => Value>> | undefined;
  readonly store: ReactorStore;
  readonly rules: RuleHolder;
  readonly deadLetters: DeadLetters;
  status(): Promise<ValueMap>;
  health(): ValueMap;
  reload(): Promise<ReloadResult>;
}

const listMax = 1000;
/** Of decisions, which are small: what an audit of a day asks for. */
const decisionsMax = 100_000;

/** What other processes of the same system user may ask the reactor: a closed table, each with a map. */
export function serveAdmin(link: LinkServer, parts: AdminParts): void {
  const { store, rules, deadLetters } = parts;
  const verbs: Record<string, (ask: ValueMap) => Value | Promise<Value>> = {
    ...parts.verbs,
    status: () => parts.status(),
    health: () => parts.health(),
    reload: async () => reloadToValue(await parts.reload()),
    decisions: (ask) => decisionsOf(store, ask),
    answers: (ask) => answersOf(store, textAt(ask, 'event')),
    ...browseVerbs(store, rules),
    'dlq.list': (ask) => deadLetters.list(limitOf(ask)),
    'dlq.show': (ask) => deadLetters.show(textAt(ask, 'id')),
    'dlq.retry': (ask) => deadLetters.retry(idsOf(ask, deadLetters)),
    'dlq.drop': (ask) => deadLetters.drop(idsOf(ask, deadLetters)),
    'reactors.list': () => listReactors(rules),
    'reactors.add': (ask) => addReactor(rules, ask),
    'reactors.delete': (ask) => deleteReactor(rules, textAt(ask, 'event')),
  };
  for (const [verb, run] of Object.entries(verbs)) {
    link.handle(verb, async ({ payload }) => {
      const ask = payload.length === 0 ? new Map<Value, Value>() : unpackValue(payload);
      if (!(ask instanceof Map)) throw new BrineError('BAD_MESSAGE', `${verb} takes a map.`);
      return packValue(await run(ask));
    });
  }
}

function limitOf(ask: ValueMap, max = listMax): number {
  const limit = ask.get('limit');
  return typeof limit === 'number' && limit >= 0 ? Math.min(limit, max) : 100;
}

function idsOf(ask: ValueMap, deadLetters: DeadLetters): string[] {
  if (ask.get('all') === true) return deadLetters.ids();
  const ids = ask.get('ids') ?? [ask.get('id') ?? null];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
    throw new BrineError('BAD_ARGUMENT', 'Give the id of a dead letter, a list `ids`, or `all: true`.');
  return ids;
}

function decisionsOf(store: ReactorStore, ask: ValueMap): Value {
  const event = textAt(ask, 'event');
  const decisions = event === '' ? store.decisions(limitOf(ask, decisionsMax)) : store.decisionsOf(event);
  return Array.from(decisions, (decision) => decisionToValue(decision, store));
}

/** What an event's templates were told, as it is stored: for deciding the event again. */
function answersOf(store: ReactorStore, event: string): Value {
  return store.decisionsOf(event).flatMap(({ lookups = [] }) => lookups.map(answeredToValue));
}

function reloadToValue({ ok, hash, rules, problems }: ReloadResult): Value {
  return mapOf({ ok, hash, rules, problems: problems.map(problemToValue) });
}

/** Salt's shape: a list of mappings from one glob to its reactor files. */
function listReactors(rules: RuleHolder): Value {
  return rules.ruleSet.rules.flatMap((rule) => {
    const files = rule.kind === 'salt' ? rule.sls.map(({ file }) => file) : [`${rule.file}#${rule.name}`];
    return rule.globs.map((glob): Value => new Map([[glob, files]]));
  });
}

function addReactor(rules: RuleHolder, ask: ValueMap): Value {
  const event = textAt(ask, 'event');
  const reactors = ask.get('reactors') ?? [];
  const files = Array.isArray(reactors) ? reactors : [reactors];
  if (event === '' || files.length === 0 || !files.every((file) => typeof file === 'string'))
    throw new BrineError('BAD_ARGUMENT', 'Give `event`, a tag glob, and `reactors`, SLS files.');
  if (watches(rules, event)) return answer(false, `A reactor for ${event} is there already.`);
  const { ok, problems } = rules.add({ event, reactors: files });
  return ok
    ? answer(true, 'Added until the reactor is restarted.')
    : answer(false, problems.map(({ message }) => message).join('; '));
}

function deleteReactor(rules: RuleHolder, event: string): Value {
  if (rules.remove(event)) return answer(true, 'Deleted.');
  const comment = watches(rules, event)
    ? `${event} is configured in a file; delete it there.`
    : `There is no reactor for ${event}.`;
  return answer(false, comment);
}

function watches(rules: RuleHolder, event: string): boolean {
  return rules.ruleSet.rules.some((rule) => rule.globs.includes(event));
}

function answer(status: boolean, comment: string): Value {
  return mapOf({ status, comment });
}
