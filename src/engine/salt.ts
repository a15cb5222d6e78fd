import {
  type Action,
  type Event,
  getString,
  type LowChunk,
  type Problem,
  type Value,
} from '../core/index.ts';
import {
  actionOf,
  compileHigh,
  type HighFile,
  type Rendered,
  type RuleSet,
  type SaltRule,
} from '../rules/index.ts';
import { slsContext, withDesk } from './context.ts';
import type { Desk } from './desk.ts';
import type { Dispatch, RuleDecision } from './types.ts';
import { conditionFalse, failed, fired } from './verdict.ts';

/** What one rule got out of rendering and compiling. */
interface Yield {
  readonly rule: SaltRule;
  readonly problems: Problem[];
  readonly chunks: LowChunk[];
  readonly actions: Action[];
  ids: number;
}

export interface SaltDecisions {
  readonly decisions: readonly RuleDecision[];
  /** The actions of all of them, in the order in which Salt runs them. */
  readonly order: readonly Dispatch[];
}

/**
 * Salt rules that match one event and share their IDs: all are rendered, merged and compiled together,
 * an error in the merged data stops all of them, and each chunk belongs to the rule whose file it is from.
 */
export function decideSalt(
  rules: readonly SaltRule[],
  event: Event,
  ruleSet: RuleSet,
  desk: Desk,
): SaltDecisions {
  const yields = rules.map((rule): Yield => ({ rule, problems: [], chunks: [], actions: [], ids: 0 }));
  const owners = new Map<string, Yield>();
  const high = render(yields, owners, event, ruleSet, desk);
  const compiled = compileHigh(high, ruleSet.saltCompat);
  const errors = compiled.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0 && compiled.chunks.length === 0) {
    const decisions = yields.map(({ rule, problems, ids }) =>
      ids === 0 && problems.length === 0
        ? silent(rule, 0)
        : failed(rule, 'its reactions cannot be compiled', [...problems, ...compiled.problems]),
    );
    return { decisions, order: [] };
  }
  const order: Dispatch[] = [];
  for (const chunk of compiled.chunks) {
    const file = getString(chunk, '__sls__') ?? '';
    const owner = owners.get(file) ?? yields[0];
    const action = actionOf(chunk, file);
    owner?.chunks.push(chunk);
    if (action.ok) {
      owner?.actions.push(action.value);
      if (owner !== undefined) order.push({ rule: owner.rule.name, action: action.value });
    } else owner?.problems.push(...action.problems);
  }
  for (const problem of compiled.problems) (owners.get(problem.file) ?? yields[0])?.problems.push(problem);
  return { decisions: yields.map(conclude), order };
}

/** Renders every file once, in the order of the rules; a file with a problem contributes nothing. */
function render(
  yields: readonly Yield[],
  owners: Map<string, Yield>,
  event: Event,
  { facts }: RuleSet,
  desk: Desk,
): HighFile[] {
  const rendered = new Map<string, Rendered<Value>>();
  const high: HighFile[] = [];
  for (const each of yields) {
    desk.serve(each.rule.name);
    for (const { file, template } of each.rule.sls) {
      const again = rendered.get(file);
      const result = again ?? template.render(withDesk(slsContext(event, file, facts), desk), each.problems);
      rendered.set(file, result);
      owners.set(file, each);
      if (!result.ok) each.problems.push(...result.problems);
      else if (result.value instanceof Map) each.ids += result.value.size;
      if (result.ok && again === undefined)
        high.push({ file, high: result.value, lineOf: (id) => template.lineOf(id) });
    }
  }
  return high;
}

function conclude({ rule, problems, chunks, actions, ids }: Yield): RuleDecision {
  if (actions.length > 0) return fired(rule, actions, chunks, problems);
  if (problems.some((problem) => problem.severity === 'error'))
    return failed(rule, 'it asks for nothing that can be done', problems, chunks);
  return { ...silent(rule, ids), problems };
}

function silent(rule: SaltRule, ids: number): RuleDecision {
  const files = rule.sls.map(({ file }) => file.slice(file.lastIndexOf('/') + 1)).join(', ');
  return conditionFalse(
    rule,
    ids === 0
      ? `${files} rendered to nothing for this event`
      : `${files} asks for nothing of its own: its IDs begin with __ or a later file of this event has the same ones`,
  );
}
