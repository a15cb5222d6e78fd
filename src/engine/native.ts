import type { Action, Problem, Value } from '../core/index.ts';
import { buildAction, type Context, type NativeRule } from '../rules/index.ts';
import { judgeCondition } from './condition.ts';
import type { RuleDecision } from './types.ts';
import { conditionFalse, failed, fired } from './verdict.ts';

/** A native rule: its variables in order, its condition, its actions. All of them or, on a problem, none. */
export function decideNative(rule: NativeRule, base: Context): RuleDecision {
  let context = base;
  if (rule.vars.length > 0) {
    const own = new Map<string, Value>(base);
    for (const [name, expression] of rule.vars) {
      const result = expression.evaluate(own);
      if (!result.ok) return failed(rule, `variable ${name} has no value`, result.problems);
      own.set(name, result.value);
    }
    context = own;
  }
  const judged = judgeCondition(rule.condition, context);
  if (judged.kind === 'problem') return failed(rule, 'the condition cannot be decided', judged.problems);
  if (judged.kind === 'false') return conditionFalse(rule, judged.reason);
  const problems: Problem[] = [];
  const actions: Action[] = [];
  for (const template of rule.actions) {
    const action = buildAction(template, context, problems);
    if (action !== null) actions.push(action);
  }
  return problems.length > 0 ? failed(rule, 'an action cannot be made', problems) : fired(rule, actions);
}
