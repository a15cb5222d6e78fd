import {
  type DeadLetter,
  type Decision,
  mapOf,
  type OutboxEntry,
  outcomeFromValue,
  outcomeToValue,
  type Problem,
  reactionFromValue,
  reactionToValue,
  type Settlement,
  textAt,
  type Value,
  type ValueMap,
  type Verdict,
} from '../core/index.ts';
import { pack, textOf, unpack } from './codec.ts';

/** The records of a reactor's store. Lists instead of maps: there are many, and names would be most of them. */

export function packOutboxEntry(entry: OutboxEntry): Uint8Array {
  return pack([reactionToValue(entry.reaction), entry.ruleSet, entry.attempts, entry.notBeforeMs]);
}

export function unpackOutboxEntry(bytes: Uint8Array): OutboxEntry {
  const [reaction, ruleSet, attempts, notBeforeMs] = listOf(bytes);
  return {
    reaction: reactionFromValue(reaction ?? null),
    ruleSet: textOf(ruleSet),
    attempts: Number(attempts),
    notBeforeMs: Number(notBeforeMs),
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
  return pack([outcomeToValue(settlement.outcome), settlement.attempts, settlement.atMs]);
}

export function unpackSettlement(bytes: Uint8Array, reaction: string): Settlement {
  const [outcome, attempts, atMs] = listOf(bytes);
  return {
    reaction,
    outcome: outcomeFromValue(outcome ?? null),
    attempts: Number(attempts),
    atMs: Number(atMs),
  };
}

/** The decisions of one commit and one log, and the span of their sequence numbers. */
export interface DecisionRecord {
  readonly logId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly atMs: number;
  readonly decisions: readonly Decision[];
}

export function packDecisions(record: DecisionRecord): Uint8Array {
  const { logId, firstSeq, lastSeq, atMs, decisions } = record;
  return pack([logId, firstSeq, lastSeq, atMs, decisions.map(decisionToRow)]);
}

export function unpackDecisions(bytes: Uint8Array): DecisionRecord {
  const [logId, firstSeq, lastSeq, atMs, rows] = listOf(bytes);
  return {
    logId: textOf(logId),
    firstSeq: Number(firstSeq),
    lastSeq: Number(lastSeq),
    atMs: Number(atMs),
    decisions: (rows as Value[][]).map(decisionFromRow),
  };
}

function decisionToRow(decision: Decision): Value {
  const { event, seq, tag, rule, verdict, reason, problems, reactions, ruleSet, atMs } = decision;
  return [
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
}

function decisionFromRow(row: Value[]): Decision {
  const [event, seq, tag, rule, verdict, reason, problems, reactions, ruleSet, atMs] = row;
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
  };
}

function problemToValue(problem: Problem): Value {
  return mapOf({ ...problem });
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
