import { type Answers, type Event, type Lookup, noAnswers } from '../core/index.ts';
import { type FlowState, guard } from '../flow/index.ts';
import type { Context, Rule, RuleSet, SaltRule } from '../rules/index.ts';
import { judgeCondition } from './condition.ts';
import { nativeContext, withDesk } from './context.ts';
import { Desk } from './desk.ts';
import { decideNative } from './native.ts';
import { decideSalt } from './salt.ts';
import type { Decided, Dispatch, RuleDecision } from './types.ts';
import { conditionFalse, failed, guarded, unforeseen } from './verdict.ts';

/** Whether any rule watches the tag; an event that none watches is never decoded. */
export function wants(ruleSet: RuleSet, tag: string): boolean {
  return ruleSet.matcher.match(tag).length > 0;
}

/**
 * What the rules make of one event: match → guard → vars → if → render and compile → actions. It depends
 * on its arguments alone and never throws, so `explain`, `test` and a replay say what the reactor did.
 * `nowMs` is for what flow control remembers. `answers` is what is known of the world outside the event; what
 * templates ask beyond it comes back as `needs`, to be asked and decided again with.
 */
export function decide(
  ruleSet: RuleSet,
  state: FlowState,
  event: Event,
  nowMs: number,
  answers: Answers = noAnswers,
): Decided {
  void nowMs;
  const rules = matching(ruleSet, event.tag);
  if (rules.length === 0) return { decisions: [], order: [], state, needs: nothing };
  const stopped = guard(event, ruleSet.depthMax);
  if (!stopped.ok) {
    const decisions = rules.map((rule) => guarded(rule, stopped.reason));
    return { decisions, order: [], state, needs: nothing };
  }
  const desk = new Desk(ruleSet.lookups, answers);
  const context = rules.some(isJudged) ? withDesk(nativeContext(event), desk) : unused;
  const together: SaltRule[] = [];
  const decisions = new Map<Rule, RuleDecision>();
  for (const rule of rules) {
    desk.serve(rule.name);
    const decision = admit(rule, state, context) ?? fire(rule, event, { context, desk, ruleSet, together });
    if (decision !== undefined) decisions.set(rule, decision);
  }
  const shared = together.length === 0 ? [] : fireTogether(together, event, ruleSet, decisions, desk);
  const concluded = rules.flatMap((rule) => decisions.get(rule) ?? []);
  return {
    decisions: desk.wasUsed ? concluded.map((decision) => withLookups(decision, desk)) : concluded,
    order: dispatchOrder(rules, decisions, together, shared),
    state,
    needs: desk.needs,
  };
}

const nothing: readonly Lookup[] = [];
const unused: Context = new Map();

/** Whether it is decided by the context of native rules; SLS files without a condition have one of their own. */
function isJudged(rule: Rule): boolean {
  return rule.kind === 'native' || rule.condition !== null;
}

function withLookups(decision: RuleDecision, desk: Desk): RuleDecision {
  const lookups = desk.usedBy(decision.rule);
  const notes = desk.notesOf(decision.rule);
  if (lookups.length === 0 && notes.length === 0) return decision;
  const problems = notes.length === 0 ? decision.problems : [...decision.problems, ...notes];
  return { ...decision, problems, ...(lookups.length === 0 ? {} : { lookups }) };
}

/** Rule after rule; what was compiled together goes out together, in Salt's order, in the place of its first rule. */
function dispatchOrder(
  rules: readonly Rule[],
  decisions: ReadonlyMap<Rule, RuleDecision>,
  together: readonly Rule[],
  shared: readonly Dispatch[],
): Dispatch[] {
  const joined = new Set(together);
  return rules.flatMap((rule) => {
    if (joined.has(rule)) return rule === together[0] ? shared : [];
    return decisions.get(rule)?.actions.map((action) => ({ rule: rule.name, action })) ?? [];
  });
}

/** The rules whose globs match, in their order. */
export function matching(ruleSet: RuleSet, tag: string): Rule[] {
  const rules: Rule[] = [];
  for (const glob of ruleSet.matcher.match(tag)) {
    const rule = ruleSet.rules[ruleSet.owners[glob] ?? -1];
    if (rule !== undefined && rule !== rules.at(-1)) rules.push(rule);
  }
  return rules;
}

/** Why the rule stays out of it, or undefined. A native rule judges its `if` after its variables. */
function admit(rule: Rule, state: FlowState, context: Context): RuleDecision | undefined {
  const parked = state.parked.get(rule.name);
  if (parked !== undefined) return guarded(rule, `the rule is set aside: ${parked}`);
  if (rule.kind === 'native' || rule.condition === null) return undefined;
  try {
    const judged = judgeCondition(rule.condition, context);
    if (judged.kind === 'problem') return failed(rule, 'the condition cannot be decided', judged.problems);
    return judged.kind === 'false' ? conditionFalse(rule, judged.reason) : undefined;
  } catch (error) {
    return unforeseen(rule, error);
  }
}

interface Firing {
  readonly context: Context;
  readonly desk: Desk;
  readonly ruleSet: RuleSet;
  /** Rules that are compiled together, after all others. */
  readonly together: SaltRule[];
}

function fire(rule: Rule, event: Event, firing: Firing): RuleDecision | undefined {
  const { context, desk, ruleSet } = firing;
  try {
    if (rule.kind === 'native') return decideNative(rule, context);
    if (!rule.shared) return decideSalt([rule], event, ruleSet, desk).decisions[0];
    firing.together.push(rule);
    return undefined;
  } catch (error) {
    return unforeseen(rule, error);
  }
}

function fireTogether(
  rules: readonly SaltRule[],
  event: Event,
  ruleSet: RuleSet,
  decisions: Map<Rule, RuleDecision>,
  desk: Desk,
): readonly Dispatch[] {
  try {
    const results = decideSalt(rules, event, ruleSet, desk);
    rules.forEach((rule, i) => {
      const result = results.decisions[i];
      if (result !== undefined) decisions.set(rule, result);
    });
    return results.order;
  } catch (error) {
    for (const rule of rules) decisions.set(rule, unforeseen(rule, error));
    return [];
  }
}
