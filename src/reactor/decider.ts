import { unpackData } from '../bus/index.ts';
import {
  type Action,
  type Decision,
  type Event,
  type EventBatch,
  eventId,
  type Ids,
  messageOf,
  nextDepth,
  type OutboxEntry,
  type Reaction,
  type Verdict,
} from '../core/index.ts';
import { decide, type RuleDecision, wants } from '../engine/index.ts';
import type { FlowState } from '../flow/index.ts';
import type { RuleSet } from '../rules/index.ts';

/** Where decisions come from: which log, which rules, when, and where the ids of their reactions are made. */
export interface Deciding {
  readonly logId: string;
  readonly ruleSet: RuleSet;
  readonly nowMs: number;
  readonly ids: Ids;
  /** Told of a fault of the engine itself, which must not stop the reactor. */
  onFault(event: string, error: unknown): void;
  /** Why the reactions that a rule asks for are not taken, or null when they are; they are taken always without it. */
  refusal?(rule: string, count: number): string | null;
  /** Told of each rule that a chain of reactions may not reach any more. */
  onLoop(event: Event, rule: string): void;
}

/** What was concluded of some events. */
export interface Conclusions {
  readonly decisions: Decision[];
  readonly outbox: OutboxEntry[];
  state: FlowState;
}

/** Decides the events of a batch that some rule wants; only those are decoded. */
export function decideBatch(
  batch: EventBatch,
  seqs: readonly number[] | null,
  state: FlowState,
  deciding: Deciding,
): Conclusions {
  const conclusions: Conclusions = { decisions: [], outbox: [], state };
  batch.tags.forEach((tag, index) => {
    if (!wants(deciding.ruleSet, tag)) return;
    const seq = seqs?.[index] ?? batch.firstSeq + index;
    const stamp = stampOf(tag, seq, deciding);
    const event = decode(batch, index, seq, deciding);
    if (event instanceof Error) {
      for (const rule of rulesOf(deciding.ruleSet, tag))
        conclusions.decisions.push(failed(stamp, rule, 'undecodable', event.message));
    } else decideEvent(event, stamp, conclusions, deciding);
  });
  return conclusions;
}

type Stamp = Pick<Decision, 'event' | 'seq' | 'tag' | 'ruleSet' | 'atMs'>;

function stampOf(tag: string, seq: number, { logId, ruleSet, nowMs }: Deciding): Stamp {
  return { event: eventId(logId, seq), seq, tag, ruleSet: ruleSet.hash, atMs: nowMs };
}

function decode(batch: EventBatch, index: number, seq: number, { logId }: Deciding): Event | Error {
  try {
    return {
      id: eventId(logId, seq),
      seq,
      atMs: batch.atMs,
      tag: batch.tags[index] ?? '',
      data: unpackData(batch.bodies[index] ?? new Uint8Array()),
      head: batch.heads?.[index] ?? {},
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

function decideEvent(event: Event, stamp: Stamp, conclusions: Conclusions, deciding: Deciding): void {
  try {
    const decided = decide(deciding.ruleSet, conclusions.state, event, deciding.nowMs);
    const refused = refusals(decided.decisions, deciding);
    const order = refused === null ? decided.order : decided.order.filter(({ rule }) => !refused.has(rule));
    const entries = order.map(({ rule, action }, n) => entryOf(action, rule, n, event, deciding));
    for (const entry of entries) conclusions.outbox.push(entry);
    for (const decision of decided.decisions) {
      if (decision.verdict === 'guarded' && isTooDeep(event, deciding.ruleSet))
        deciding.onLoop(event, decision.rule);
      const own = entries.filter(({ reaction }) => reaction.cause.rule === decision.rule);
      const reason = refused?.get(decision.rule);
      conclusions.decisions.push(
        reason === undefined
          ? record(decision, stamp, own)
          : failed(stamp, decision.rule, 'overloaded', `${reason}; it asked for ${decision.reason}`),
      );
    }
    conclusions.state = decided.state;
  } catch (error) {
    deciding.onFault(event.id, error);
    const reason = `the engine failed: ${messageOf(error)}`;
    for (const rule of rulesOf(deciding.ruleSet, event.tag))
      conclusions.decisions.push(failed(stamp, rule, 'problem', reason));
  }
}

/** The rules whose reactions are not taken, and why; null when there is none, as nearly always. */
function refusals(decisions: readonly RuleDecision[], deciding: Deciding): Map<string, string> | null {
  let refused: Map<string, string> | null = null;
  for (const { rule, actions } of decisions) {
    const reason = actions.length === 0 ? undefined : deciding.refusal?.(rule, actions.length);
    if (reason === undefined || reason === null) continue;
    refused ??= new Map();
    refused.set(rule, reason);
  }
  return refused;
}

/** The loop guard also stops what Salt ignores, which is no loop. */
function isTooDeep({ head }: Event, { depthMax }: RuleSet): boolean {
  return (head.depth ?? 0) > depthMax;
}

/** An action as a reaction, with the ids that every attempt of it will carry. */
function entryOf(
  action: Action,
  rule: string,
  number: number,
  event: Event,
  { ids, ruleSet }: Deciding,
): OutboxEntry {
  const reaction: Reaction = {
    id: `${event.id}.${number}`,
    jid: ids.jid(),
    cause: { event: event.id, rule },
    depth: nextDepth(event.head),
    action,
  };
  return { reaction, ruleSet: ruleSet.hash, attempts: 0, notBeforeMs: 0 };
}

function record(decided: RuleDecision, stamp: Stamp, entries: readonly OutboxEntry[]): Decision {
  const { rule, verdict, reason, problems } = decided;
  const reactions = entries.map(({ reaction }) => reaction.id);
  return decisionOf(stamp, { rule, verdict, reason, problems, reactions });
}

function failed(stamp: Stamp, rule: string, verdict: Verdict, reason: string): Decision {
  return decisionOf(stamp, { rule, verdict, reason, problems: [], reactions: [] });
}

/** Member by member: spreading the stamp was the dearest step of a whole turn. */
function decisionOf(stamp: Stamp, rest: Omit<Decision, keyof Stamp>): Decision {
  return {
    event: stamp.event,
    seq: stamp.seq,
    tag: stamp.tag,
    ruleSet: stamp.ruleSet,
    atMs: stamp.atMs,
    rule: rest.rule,
    verdict: rest.verdict,
    reason: rest.reason,
    problems: rest.problems,
    reactions: rest.reactions,
  };
}

function rulesOf(ruleSet: RuleSet, tag: string): Set<string> {
  const names = new Set<string>();
  for (const glob of ruleSet.matcher.match(tag)) {
    const rule = ruleSet.rules[ruleSet.owners[glob] ?? -1];
    if (rule !== undefined) names.add(rule.name);
  }
  return names;
}
