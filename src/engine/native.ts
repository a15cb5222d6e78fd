import type { Action, Problem, Value } from '../core/index.ts';
import { buildAction, type Context, type NativeRule } from '../rules/index.ts';
import { judgeCondition } from './condition.ts';
import { withDesk } from './context.ts';
import type { RuleDecision } from './types.ts';
import { conditionFalse, failed, fired } from './verdict.ts';

/**
 * A native rule: its variables in order, its condition, its actions; all of them or, on a problem, none.
 * A variable without a value (`data.fun_args[0]` of a job without arguments) matters only when the
 * condition does not rule the event out.
 */
export function decideNative(rule: NativeRule, base: Context): RuleDecision {
  const early = rule.varsFirst ? undefined : judge(rule, base, []);
  if (early !== undefined) return early;
  const missing: Problem[] = [];
  const context = rule.vars.length === 0 ? base : withVars(rule, base, missing);
  const late = rule.varsFirst ? judge(rule, context, missing) : undefined;
  if (late !== undefined) return late;
  if (missing.length > 0) return failed(rule, 'a variable has no value', missing);
  const problems: Problem[] = [];
  const actions: Action[] = [];
  for (const template of rule.actions) {
    const action = buildAction(template, context, problems);
    if (action !== null) actions.push(action);
  }
  return problems.length > 0 ? failed(rule, 'an action cannot be made', problems) : fired(rule, actions);
}

/** The decision that the condition makes, or undefined when it holds. */
function judge(rule: NativeRule, context: Context, missing: readonly Problem[]): RuleDecision | undefined {
  const judged = judgeCondition(rule.condition, context);
  if (judged.kind === 'true') return undefined;
  if (judged.kind === 'false') return conditionFalse(rule, judged.reason);
  const problems = [...missing, ...judged.problems];
  return failed(rule, 'the condition cannot be decided', problems);
}

function withVars(rule: NativeRule, base: Context, missing: Problem[]): Context {
  const variables = new Map<string, Value>(base);
  const context = withDesk(variables, base.desk);
  for (const [name, expression] of rule.vars) {
    const result = expression.evaluate(context);
    if (result.ok) variables.set(name, result.value);
    else missing.push(...result.problems);
  }
  return context;
}
