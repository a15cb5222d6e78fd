import { createHash } from 'node:crypto';
import {
  BrineError,
  type DeadLetter,
  type Decision,
  type DecisionPlace,
  mapOf,
  problemToValue,
  type ReactorStore,
  textAt,
  type Value,
  type ValueMap,
} from '../core/index.ts';
import { fnmatch } from '../match/index.ts';
import { letterToValue } from './dead-letters.ts';
import { decisionToValue } from './decision-value.ts';
import type { RuleHolder } from './rule-holder.ts';

/** Records that one request looks through; where it stopped, the next one goes on. */
const scanMax = 5000;
const pageMax = 1000;

/**
 * Verbs for whoever looks through what the reactor did, page by page. Every `read` is a list of tag globs: nothing
 * that came of an event with another tag is shown.
 */
export function browseVerbs(
  store: ReactorStore,
  rules: RuleHolder,
): Record<string, (ask: ValueMap) => Value | Promise<Value>> {
  return {
    'browse.decisions': (ask) => browseDecisions(store, ask),
    'browse.dead': (ask) => browseDead(store, ask),
    'browse.rules': () => browseRules(rules),
  };
}

function browseDecisions(store: ReactorStore, ask: ValueMap): Value {
  const [event, rule, verdict] = [textAt(ask, 'event'), textAt(ask, 'rule'), textAt(ask, 'verdict')];
  const { allows, limit } = pageOf(ask);
  const after = placeOf(ask.get('after'), store);
  const all = event === '' ? store.decisions(scanMax, after) : behind(store.decisionsOf(event), after);
  const found: Value[] = [];
  let last: DecisionPlace | undefined;
  let scanned = 0;
  for (const decision of all) {
    if (found.length >= limit) break;
    scanned += 1;
    last = decision;
    const fits = (rule === '' || decision.rule === rule) && (verdict === '' || decision.verdict === verdict);
    if (fits && allows(decision.tag)) found.push(decisionToValue(decision, store));
  }
  const isMore = found.length >= limit || scanned >= scanMax;
  return mapOf({ items: found, after: isMore && last !== undefined ? placeToValue(last) : undefined });
}

function behind(decisions: readonly Decision[], after: DecisionPlace | undefined): readonly Decision[] {
  const at = decisions.findIndex(({ event, rule }) => event === after?.event && rule === after.rule);
  return decisions.slice(at + 1);
}

function browseDead(store: ReactorStore, ask: ValueMap): Value {
  const rule = textAt(ask, 'rule');
  const after = textAt(ask, 'after');
  const { allows, limit } = pageOf(ask);
  const found: Value[] = [];
  let last = '';
  let scanned = 0;
  for (const letter of store.deadLetters()) {
    const { id, cause } = letter.reaction;
    if (after !== '' && !isBehind(id, after)) continue;
    if (found.length >= limit || scanned >= scanMax) return mapOf({ items: found, after: last });
    scanned += 1;
    last = id;
    if (rule !== '' && cause.rule !== rule) continue;
    const tag = tagOf(store, letter);
    if (allows(tag)) found.push(new Map([...letterToValue(letter), ['tag', tag]]));
  }
  return mapOf({ items: found });
}

function browseRules(rules: RuleHolder): Value {
  const { hash, rules: all } = rules.ruleSet;
  return mapOf({
    rule_set: hash,
    last_load: rules.isRefused ? 'refused' : 'taken',
    rules: all.map(({ name, kind, globs, file, line, condition }) =>
      mapOf({
        name,
        kind,
        globs: [...globs],
        file,
        line,
        condition: condition?.text,
        concurrency: rules.limitOf(name) ?? undefined,
      }),
    ),
    problems: rules.problems.map(problemToValue),
  });
}

/** A tag that nobody knows any more may be seen only by whoever may see all. */
function pageOf(ask: ValueMap): { allows: (tag: string | null) => boolean; limit: number } {
  const read = globsAt(ask, 'read');
  const wished = ask.has('tags') ? globsAt(ask, 'tags') : ['*'];
  const fits = (globs: readonly string[], tag: string | null): boolean =>
    globs.includes('*') || (tag !== null && globs.some((glob) => fnmatch(tag, glob)));
  const limit = Number(ask.get('limit') ?? 100);
  return {
    allows: (tag) => fits(read, tag) && fits(wished, tag),
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, pageMax) : 100,
  };
}

function globsAt(ask: ValueMap, key: string): string[] {
  const globs = ask.get(key);
  if (Array.isArray(globs) && globs.every((glob) => typeof glob === 'string')) return globs;
  throw new BrineError('BAD_ARGUMENT', `\`${key}\` is a list of tag globs.`);
}

/** A place from a page before; one whose decision is gone is behind all. */
function placeOf(value: Value | undefined, store: ReactorStore): DecisionPlace | undefined {
  if (!(value instanceof Map)) return undefined;
  const event = textAt(value, 'event');
  const found = store.decisionsOf(event).find(({ rule }) => ruleMark(rule) === textAt(value, 'rule'));
  return { event, rule: found?.rule ?? '' };
}

/** It may be that of a decision that is not shown, so it does not tell the rule. */
function placeToValue({ event, rule }: DecisionPlace): Value {
  return mapOf({ event, rule: ruleMark(rule) });
}

function ruleMark(rule: string): string {
  return createHash('sha256').update(rule).digest('hex').slice(0, 16);
}

function tagOf(store: ReactorStore, { reaction: { cause } }: DeadLetter): string | null {
  return store.decisionsOf(cause.event).find(({ rule }) => rule === cause.rule)?.tag ?? null;
}

/** Dead letters lie in the order of their log, its events, and the reactions of each. */
function isBehind(id: string, after: string): boolean {
  const [a, b] = [partsOf(id), partsOf(after)];
  const [log, event, number] = [0, 1, 2].map((i) => (a[i] as string | number) > (b[i] as string | number));
  if (a[0] !== b[0]) return log === true;
  return a[1] === b[1] ? number === true : event === true;
}

function partsOf(id: string): [log: string, seq: number, number: number] {
  const [, log = id, seq = '0', number = '0'] = /^(.*)-(\d+)\.(\d+)$/.exec(id) ?? [];
  return [log, Number(seq), Number(number)];
}
