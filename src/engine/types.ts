import type { Action, AnsweredLookup, Lookup, LowChunk, Problem, Verdict } from '../core/index.ts';
import type { FlowState } from '../flow/index.ts';

/** What the engine concluded for one event and one rule. */
export interface RuleDecision {
  readonly rule: string;
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly reason: string;
  readonly problems: readonly Problem[];
  /** Salt's low chunks that led to the actions; empty for native rules. */
  readonly chunks: readonly LowChunk[];
  readonly actions: readonly Action[];
  /** The answers that its templates got; absent when they asked nothing. */
  readonly lookups?: readonly AnsweredLookup[];
}

export interface Decided {
  /** One for each rule whose globs match, in the order of the rule set. */
  readonly decisions: readonly RuleDecision[];
  /** The actions of all decisions, in the order in which they are dispatched. */
  readonly order: readonly Dispatch[];
  readonly state: FlowState;
  /**
   * What templates asked and the table of answers did not hold. Until it is empty the decisions are what they would be
   * if nobody ever answered.
   */
  readonly needs: readonly Lookup[];
}

/** An action and the rule that asks for it. */
export interface Dispatch {
  readonly rule: string;
  readonly action: Action;
}
