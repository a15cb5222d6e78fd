import { type Answers, type Event, noAnswers } from '../core/index.ts';
import type { FlowState } from '../flow/index.ts';
import type { Rule, RuleSet } from '../rules/index.ts';
import { fnmatch } from '../rules/index.ts';
import { decide } from './decide.ts';
import type { RuleDecision } from './types.ts';
import { noMatch } from './verdict.ts';

/** What `decide` says, and with `all` why each other rule is not concerned, in the order of the rules. */
export function explain(
  ruleSet: RuleSet,
  state: FlowState,
  event: Event,
  nowMs: number,
  all: boolean,
  answers: Answers = noAnswers,
): readonly RuleDecision[] {
  const { decisions } = decide(ruleSet, state, event, nowMs, answers);
  if (!all) return decisions;
  const byName = new Map(decisions.map((decision) => [decision.rule, decision]));
  return ruleSet.rules.map((rule) => byName.get(rule.name) ?? noMatch(rule, whyNoMatch(rule, event.tag)));
}

function whyNoMatch(rule: Rule, tag: string): string {
  const globs = rule.globs.map((glob) => `${glob}${nearMiss(glob, tag)}`);
  return `the tag does not match ${globs.join(' nor ')}`;
}

/** What would make a glob match that nearly does. */
function nearMiss(glob: string, tag: string): string {
  if (fnmatch(tag.toLowerCase(), glob.toLowerCase())) return ' (only upper and lower case differ)';
  if (fnmatch(tag, glob.trim())) return ' (the glob has spaces around it)';
  if (fnmatch(tag, `${glob}/*`)) return ' (the tag goes on after it; the glob has no * at its end)';
  if (fnmatch(tag, `${glob}*`)) return ' (the tag is longer; the glob has no * at its end)';
  if (fnmatch(tag, `*${glob}`)) return ' (the tag begins earlier; the glob has no * in front)';
  if (fnmatch(`${tag}/`, glob)) return ' (the glob wants a / at the end of the tag)';
  if (/[{}]|\+\(|@\(/.test(glob))
    return ' (braces and brackets with | are ordinary characters in a tag glob)';
  return '';
}
