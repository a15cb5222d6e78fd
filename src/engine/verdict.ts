import { type Action, describeAction, type LowChunk, messageOf, type Problem } from '../core/index.ts';
import type { Rule } from '../rules/index.ts';
import type { RuleDecision } from './types.ts';

const nothing: readonly never[] = Object.freeze([]);
/** Actions that a reason names one by one. */
const namedMax = 4;

export function guarded(rule: Rule, reason: string): RuleDecision {
  return {
    rule: rule.name,
    verdict: 'guarded',
    reason,
    problems: nothing,
    chunks: nothing,
    actions: nothing,
  };
}

export function conditionFalse(rule: Rule, reason: string): RuleDecision {
  return {
    rule: rule.name,
    verdict: 'condition-false',
    reason,
    problems: nothing,
    chunks: nothing,
    actions: nothing,
  };
}

export function noMatch(rule: Rule, reason: string): RuleDecision {
  return {
    rule: rule.name,
    verdict: 'no-match',
    reason,
    problems: nothing,
    chunks: nothing,
    actions: nothing,
  };
}

export function fired(
  rule: Rule,
  actions: readonly Action[],
  chunks: readonly LowChunk[] = nothing,
  problems: readonly Problem[] = nothing,
): RuleDecision {
  const wrong = problems.filter(({ code }) => code !== 'TEMPLATE_LOG');
  const also = wrong.length === 0 ? '' : `; but ${describeProblem(wrong)}`;
  return {
    rule: rule.name,
    verdict: 'fired',
    reason: listActions(actions) + also,
    problems,
    chunks,
    actions,
  };
}

/** `step` says what could not be done. */
export function failed(
  rule: Rule,
  step: string,
  problems: readonly Problem[],
  chunks: readonly LowChunk[] = nothing,
): RuleDecision {
  const reason = `${step}: ${describeProblem(problems)}`;
  return { rule: rule.name, verdict: 'problem', reason, problems, chunks, actions: nothing };
}

/** The engine never throws: what nobody foresaw becomes a problem at the rule's place. */
export function unforeseen(rule: Rule, error: unknown): RuleDecision {
  const { file, line, column } = rule;
  const message = `an error that Brine did not expect: ${messageOf(error)}`;
  const hint = 'please report it, with the rule and the event';
  return failed(rule, 'deciding failed', [
    { code: 'UNEXPECTED', severity: 'error', message, hint, file, line, column },
  ]);
}

function describeProblem(problems: readonly Problem[]): string {
  const [first, ...more] = problems;
  if (first === undefined) return 'nobody knows why';
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `${first.message} at ${first.file}:${first.line}:${first.column}${others}`;
}

function listActions(actions: readonly Action[]): string {
  const named = actions.slice(0, namedMax).map(describeAction).join('; ');
  const more = actions.length - namedMax;
  return more > 0 ? `${named}; and ${more} more` : named;
}
