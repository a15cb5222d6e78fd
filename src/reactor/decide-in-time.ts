import type { Answers, Event } from '../core/index.ts';
import { type Decided, decide, matching } from '../engine/index.ts';
import type { FlowState } from '../flow/index.ts';
import type { RuleSet } from '../rules/index.ts';
import { slowMs, type TimeShares } from './time-shares.ts';

/** Time that rules take, so that one whose template is slow does not keep the others waiting. */
export interface DecidingTimes {
  readonly shares: Pick<TimeShares, 'aside' | 'spent' | 'watched'>;
  /** Milliseconds, for finding out that a decision was slow; other programs may have had the processor meanwhile. */
  nowMs(): number;
  /** Milliseconds of the processor, for finding out which rule was. */
  cpuMs(): number;
}

export interface InTime {
  readonly ruleSet: RuleSet;
  readonly nowMs: number;
  readonly answers: Answers;
  readonly times: DecidingTimes | undefined;
  /** Rules that are set aside, and why. */
  readonly aside: ReadonlyMap<string, string> | null;
}

/** Decides without the rules that are set aside, and finds out whose fault it is when that takes long. */
export function decideInTime(event: Event, state: FlowState, inTime: InTime): Decided {
  const { ruleSet, nowMs, answers, times, aside } = inTime;
  if (times === undefined) return decide(ruleSet, state, event, nowMs, answers);
  const given = without(state, aside);
  const rules = times.shares.watched() ? rulesIn(inTime, event) : null;
  const [suspect, ...more] = rules?.filter((rule) => times.shares.watched(rule)) ?? [];
  const isKnown = suspect !== undefined && more.length === 0;
  const startMs = times.nowMs();
  const startCpuMs = isKnown ? times.cpuMs() : 0;
  const decided = decide(ruleSet, given, event, nowMs, answers);
  if (times.nowMs() - startMs >= slowMs) {
    if (isKnown) times.shares.spent(suspect, times.cpuMs() - startCpuMs);
    else blame(event, state, inTime, times);
  }
  // That a rule is set aside for its time is no part of what rules remember.
  if (decided.state === given) return { ...decided, state };
  return { ...decided, state: { ...decided.state, parked: state.parked } };
}

/** Decides for each rule alone how long it takes. */
function blame(event: Event, state: FlowState, inTime: InTime, times: DecidingTimes): void {
  const { ruleSet, nowMs, answers, aside } = inTime;
  const rules = rulesIn(inTime, event);
  for (const rule of rules) {
    const others = new Map(rules.filter((other) => other !== rule).map((other) => [other, '']));
    const alone = without(without(state, aside), others);
    const startMs = times.cpuMs();
    decide(ruleSet, alone, event, nowMs, answers);
    times.shares.spent(rule, times.cpuMs() - startMs);
  }
}

function rulesIn({ ruleSet, aside }: InTime, event: Event): string[] {
  return matching(ruleSet, event.tag)
    .map(({ name }) => name)
    .filter((rule) => aside?.has(rule) !== true);
}

function without(state: FlowState, parked: ReadonlyMap<string, string> | null): FlowState {
  return parked === null ? state : { ...state, parked: new Map([...state.parked, ...parked]) };
}
