import {
  answeredFromValue,
  answeredToValue,
  type DeadLetter,
  type Decision,
  type OutboxEntry,
  type Outcome,
  outcomeFromValue,
  outcomeToValue,
  type Problem,
  problemToValue,
  type Reaction,
  reactionFromValue,
  reactionToValue,
  type Settlement,
  textAt,
  traceFromValue,
  traceToValue,
  type Value,
  type ValueMap,
  type Verdict,
  withTrace,
} from '../core/index.ts';
import { pack, textOf, unpack } from './codec.ts';

/** The records of a reactor's store. Lists instead of maps: there are many, and names would be most of them. */

export function packOutboxEntry(entry: OutboxEntry): Uint8Array {
  return pack([rowOf(entry.reaction), entry.ruleSet, entry.attempts, entry.notBeforeMs]);
}

export function unpackOutboxEntry(bytes: Uint8Array): OutboxEntry {
  const [reaction, ruleSet, attempts, notBeforeMs] = listOf(bytes);
  return {
    reaction: reactionOf(reaction),
    ruleSet: textOf(ruleSet),
    attempts: Number(attempts),
    notBeforeMs: Number(notBeforeMs),
  };
}

/** The most frequent kind of reaction without names; the others as they travel. */
function rowOf(reaction: Reaction): Value {
  const { id, jid, cause, depth, action, trace } = reaction;
  if (action.kind !== 'local') return reactionToValue(reaction);
  const { fun, tgt, tgtType, arg, kwarg, ret, timeoutS, metadata } = action;
  const { event, rule } = cause;
  const row = [id, jid, event, rule, depth, fun, tgtType, ret, timeoutS, tgt, [...arg], kwarg, metadata];
  return trace === undefined ? row : [...row, traceToValue(trace)];
}

function reactionOf(row: Value | undefined): Reaction {
  if (!Array.isArray(row)) return reactionFromValue(row ?? null);
  const [id, jid, event, rule, depth, fun, tgtType, ret, timeoutS, tgt, arg, kwarg, metadata, trace] = row;
  return {
    id: textOf(id),
    jid: textOf(jid),
    cause: { event: textOf(event), rule: textOf(rule) },
    depth: Number(depth),
    action: {
      kind: 'local',
      fun: textOf(fun),
      tgt: tgt ?? null,
      tgtType: textOf(tgtType),
      arg: Array.isArray(arg) ? arg : [],
      kwarg: kwarg instanceof Map ? kwarg : new Map(),
      ret: textOf(ret),
      timeoutS: typeof timeoutS === 'number' ? timeoutS : null,
      metadata: metadata ?? null,
    },
    ...withTrace(traceFromValue(trace)),
  };
}

export function packDeadLetter(letter: DeadLetter): Uint8Array {
  const { reaction, ruleSet, attempts, reason, message, diedAtMs } = letter;
  return pack([reactionToValue(reaction), ruleSet, attempts, reason, message, diedAtMs]);
}

export function unpackDeadLetter(bytes: Uint8Array): DeadLetter {
  const [reaction, ruleSet, attempts, reason, message, diedAtMs] = listOf(bytes);
  return {
    reaction: reactionFromValue(reaction ?? null),
    ruleSet: textOf(ruleSet),
    attempts: Number(attempts),
    reason: textOf(reason),
    message: textOf(message),
    diedAtMs: Number(diedAtMs),
  };
}

export function packSettlement(settlement: Settlement): Uint8Array {
  const { outcome, attempts, atMs } = settlement;
  if (!outcome.ok) return pack([outcomeToValue(outcome), attempts, atMs]);
  const { repeated, jid, detail } = outcome;
  return pack([[repeated, jid, detail], attempts, atMs]);
}

export function unpackSettlement(bytes: Uint8Array, reaction: string): Settlement {
  const [outcome, attempts, atMs] = listOf(bytes);
  return {
    reaction,
    outcome: outcomeOf(outcome),
    attempts: Number(attempts),
    atMs: Number(atMs),
  };
}

function outcomeOf(row: Value | undefined): Outcome {
  if (!Array.isArray(row)) return outcomeFromValue(row ?? null);
  const [repeated, jid, detail] = row;
  return { ok: true, repeated: repeated === true, jid: textOf(jid), detail: detail ?? null };
}

/** The decisions of one commit and one log, and the span of their sequence numbers. */
export interface DecisionRecord {
  readonly logId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly atMs: number;
  readonly decisions: readonly Decision[];
  /** Its one event was decided after events behind it. */
  readonly late?: true;
}

export function packDecisions(record: DecisionRecord): Uint8Array {
  const { logId, firstSeq, lastSeq, atMs, decisions } = record;
  const row: Value[] = [logId, firstSeq, lastSeq, atMs, decisions.map(decisionToRow)];
  return pack(record.late === true ? [...row, true] : row);
}

export function unpackDecisions(bytes: Uint8Array): DecisionRecord {
  const [logId, firstSeq, lastSeq, atMs, rows, late] = listOf(bytes);
  return {
    logId: textOf(logId),
    firstSeq: Number(firstSeq),
    lastSeq: Number(lastSeq),
    atMs: Number(atMs),
    decisions: (rows as Value[][]).map(decisionFromRow),
    ...(late === true ? { late } : {}),
  };
}

function decisionToRow(decision: Decision): Value {
  const { event, seq, tag, rule, verdict, reason, problems, reactions, ruleSet, atMs, lookups, trace } =
    decision;
  const row: Value[] = [
    event,
    seq,
    tag,
    rule,
    verdict,
    reason,
    problems.map(problemToValue),
    [...reactions],
    ruleSet,
    atMs,
  ];
  if (lookups !== undefined || trace !== undefined) row.push(lookups?.map(answeredToValue) ?? null);
  if (trace !== undefined) row.push(traceToValue(trace));
  return row;
}

function decisionFromRow(row: Value[]): Decision {
  const [event, seq, tag, rule, verdict, reason, problems, reactions, ruleSet, atMs, lookups, trace] = row;
  return {
    event: textOf(event),
    seq: Number(seq),
    tag: textOf(tag),
    rule: textOf(rule),
    verdict: textOf(verdict) as Verdict,
    reason: textOf(reason),
    problems: (problems as ValueMap[]).map(problemFromValue),
    reactions: reactions as string[],
    ruleSet: textOf(ruleSet),
    atMs: Number(atMs),
    ...(Array.isArray(lookups) ? { lookups: lookups.map(answeredFromValue) } : {}),
    ...withTrace(traceFromValue(trace)),
  };
}

function problemFromValue(map: ValueMap): Problem {
  const hint = map.get('hint');
  const source = map.get('source');
  return {
    code: textAt(map, 'code'),
    severity: textAt(map, 'severity') === 'warning' ? 'warning' : 'error',
    message: textAt(map, 'message'),
    file: textAt(map, 'file'),
    line: Number(map.get('line')),
    column: Number(map.get('column')),
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof source === 'string' ? { source } : {}),
  };
}

function listOf(bytes: Uint8Array): Value[] {
  return unpack(bytes) as Value[];
}
