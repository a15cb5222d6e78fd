import { unpackData } from '../bus/index.ts';
import {
  type Action,
  type Answers,
  type Decision,
  type Event,
  type EventBatch,
  eventId,
  type Ids,
  messageOf,
  nextDepth,
  noAnswers,
  type OutboxEntry,
  type Reaction,
  spanIdFor,
  type TraceContext,
  traceFrom,
  traceOfData,
  under,
  type Verdict,
  withTrace,
} from '../core/index.ts';
import { matching, type RuleDecision, wants } from '../engine/index.ts';
import type { FlowState } from '../flow/index.ts';
import type { RuleSet } from '../rules/index.ts';
import { type DecidingTimes, decideInTime } from './decide-in-time.ts';
import type { WaitingRoom } from './lookups/waiting-room.ts';

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
  /** Who may take how much time; without it nobody looks. */
  readonly times?: DecidingTimes;
  /** Where events wait for what their templates ask; without it, what nobody answers is a problem. */
  readonly waiting?: Pick<WaitingRoom, 'add' | 'isBusy' | 'isFull'>;
  /** Events that are decided already, when old ones are read again. */
  isDecided?(seq: number): boolean;
  /** Told of each rule that a chain of reactions may not reach any more. */
  onLoop(event: Event, rule: string): void;
  /** The share of the events without a trace that begin one; none unless given. */
  readonly traceShare?: number;
  /** Told of an event of a trace that was decided; its own span stands under `from`. */
  onTraced?(event: Event, from: TraceContext): void;
}

/** What was concluded of some events. */
export interface Conclusions {
  readonly decisions: Decision[];
  readonly outbox: OutboxEntry[];
  state: FlowState;
}

/**
 * Decides the events of a batch that some rule wants; only those are decoded. Events that must wait go to the waiting
 * room; when it is full, `stoppedAt` is the index of the first event that was not looked at.
 */
export function decideBatch(
  batch: EventBatch,
  seqs: readonly number[] | null,
  state: FlowState,
  deciding: Deciding,
  fromIndex: number = 0,
): Conclusions & { readonly stoppedAt: number | null } {
  const conclusions: Conclusions = { decisions: [], outbox: [], state };
  for (let index = fromIndex; index < batch.tags.length; index += 1) {
    const tag = batch.tags[index] ?? '';
    if (!wants(deciding.ruleSet, tag)) continue;
    const seq = seqs?.[index] ?? batch.firstSeq + index;
    if (deciding.isDecided?.(seq) === true) continue;
    if (deciding.waiting?.isFull === true) return { ...conclusions, stoppedAt: index };
    const event = decode(batch, index, seq, deciding);
    if (event instanceof Error) {
      const stamp = stampOf({ id: eventId(deciding.logId, seq), seq, tag, atMs: batch.atMs }, deciding);
      for (const rule of rulesOf(deciding.ruleSet, tag))
        conclusions.decisions.push(failed(stamp, rule, 'undecodable', event.message));
    } else take(event, conclusions, deciding);
  }
  return { ...conclusions, stoppedAt: null };
}

/** Decides an event, or lets it wait: for what it asks, or behind an event of the same rule that waits. */
function take(event: Event, conclusions: Conclusions, deciding: Deciding): void {
  const { waiting, ruleSet } = deciding;
  if (waiting?.isBusy(rulesOf(ruleSet, event.tag)) === true || !decideEvent(event, conclusions, deciding))
    waiting?.add(event, rulesOf(ruleSet, event.tag));
}

type Stamp = Required<Pick<Decision, 'event' | 'seq' | 'tag' | 'ruleSet' | 'atMs' | 'eventAtMs'>>;

function stampOf(
  { id, seq, tag, atMs }: Pick<Event, 'id' | 'seq' | 'tag' | 'atMs'>,
  { ruleSet, nowMs }: Deciding,
): Stamp {
  return { event: id, seq, tag, ruleSet: ruleSet.hash, atMs: nowMs, eventAtMs: atMs };
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

/** False, and nothing is concluded, when it needs answers that are not there and somebody can give them. */
export function decideEvent(
  event: Event,
  conclusions: Conclusions,
  deciding: Deciding,
  answers: Answers = noAnswers,
): boolean {
  const stamp = stampOf(event, deciding);
  try {
    const { ruleSet, nowMs, times } = deciding;
    const aside = times?.shares.aside() ?? null;
    const inTime = { ruleSet, nowMs, answers, times, aside };
    const decided = decideInTime(event, conclusions.state, inTime);
    if (decided.needs.length > 0 && deciding.waiting !== undefined) return false;
    const refused = refusals(decided.decisions, deciding);
    const from = traceOf(event, deciding);
    const trace = from === undefined ? undefined : under(from, spanIdFor('event', event.id));
    if (from !== undefined) deciding.onTraced?.(event, from);
    const order = refused === null ? decided.order : decided.order.filter(({ rule }) => !refused.has(rule));
    const entries = order.map(({ rule, action }, n) => entryOf(action, rule, n, event, trace, deciding));
    for (const entry of entries) conclusions.outbox.push(entry);
    for (const decision of decided.decisions) {
      if (decision.verdict === 'guarded' && isTooDeep(event, deciding.ruleSet))
        deciding.onLoop(event, decision.rule);
      const own = entries.filter(({ reaction }) => reaction.cause.rule === decision.rule);
      const reason = refused?.get(decision.rule);
      const late = aside?.get(decision.rule);
      if (late !== undefined)
        conclusions.decisions.push({
          ...failed(stamp, decision.rule, 'overloaded', `it is set aside: ${late}`),
          ...withTrace(trace),
        });
      else if (reason === undefined) conclusions.decisions.push(record(decision, stamp, own, trace));
      else {
        const why = `${reason}; it asked for ${decision.reason}`;
        const made = failed(stamp, decision.rule, 'overloaded', why);
        conclusions.decisions.push(completed(made, decision, trace));
      }
    }
    conclusions.state = decided.state;
  } catch (error) {
    deciding.onFault(event.id, error);
    const reason = `the engine failed: ${messageOf(error)}`;
    for (const rule of rulesOf(deciding.ruleSet, event.tag))
      conclusions.decisions.push(failed(stamp, rule, 'problem', reason));
  }
  return true;
}

/** Where an event stands: as its sender's connection says, else as its data says, else a trace of its own may begin. */
function traceOf({ id, head, data }: Event, { traceShare = 0 }: Deciding): TraceContext | undefined {
  return head.trace ?? traceOfData(data) ?? (traceShare > 0 ? traceFrom(id, traceShare) : undefined);
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
  trace: TraceContext | undefined,
  { ids, ruleSet }: Deciding,
): OutboxEntry {
  const id = `${event.id}.${number}`;
  const reaction: Reaction = {
    id,
    jid: ids.jid(),
    cause: { event: event.id, rule },
    depth: nextDepth(event.head),
    action,
    ...(trace === undefined ? {} : { trace: under(trace, spanIdFor('reaction', id)) }),
  };
  return { reaction, ruleSet: ruleSet.hash, attempts: 0, notBeforeMs: 0 };
}

function record(
  decided: RuleDecision,
  stamp: Stamp,
  entries: readonly OutboxEntry[],
  trace: TraceContext | undefined,
): Decision {
  const { rule, verdict, reason, problems } = decided;
  const reactions = entries.map(({ reaction }) => reaction.id);
  const decision = decisionOf(stamp, { rule, verdict, reason, problems, reactions });
  return completed(decision, decided, trace);
}

/** With what few decisions have. */
function completed(decision: Decision, { lookups }: RuleDecision, trace: TraceContext | undefined): Decision {
  if (lookups === undefined && trace === undefined) return decision;
  return { ...decision, ...(lookups === undefined ? {} : { lookups }), ...withTrace(trace) };
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
    eventAtMs: stamp.eventAtMs,
    rule: rest.rule,
    verdict: rest.verdict,
    reason: rest.reason,
    problems: rest.problems,
    reactions: rest.reactions,
  };
}

function rulesOf(ruleSet: RuleSet, tag: string): string[] {
  return matching(ruleSet, tag).map((rule) => rule.name);
}
