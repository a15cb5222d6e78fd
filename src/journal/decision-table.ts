import type { Decision } from '../core/index.ts';
import type { Change } from './committer.ts';
import type { Table } from './environment.ts';
import { eventParts } from './ids.ts';
import { type DecisionRecord, packDecisions, unpackDecisions } from './reaction-records.ts';

const trimStepRecords = 32;
const trimStepChanges = 5000;

/**
 * Decisions, one record for each commit, because one record for each decision would cost more than making
 * the decision. `records` counts the commits; `index` leads from a log and the first sequence number of a
 * record to that count.
 */
export class DecisionTable {
  readonly #records: Table;
  readonly #index: Table;
  readonly #settled: Table;
  #next: number;

  constructor(records: Table, index: Table, settled: Table) {
    this.#records = records;
    this.#index = index;
    this.#settled = settled;
    this.#next = 1;
    for (const key of records.getKeys({ reverse: true, limit: 1 })) this.#next = Number(key) + 1;
  }

  *add(decisions: readonly Decision[], atMs: number): Iterable<Change> {
    for (const record of recordsOf(decisions, atMs)) {
      const number = this.#next;
      this.#next += 1;
      yield { table: this.#records, key: number, bytes: packDecisions(record) };
      yield { table: this.#index, key: [record.logId, record.firstSeq, number], bytes: new Uint8Array(1) };
    }
  }

  of(event: string): Decision[] {
    const parts = eventParts(event);
    if (parts === null) return [];
    const found: Decision[][] = [];
    const start = [parts.logId, parts.seq, Number.MAX_SAFE_INTEGER];
    for (const key of this.#index.getKeys({ start, reverse: true })) {
      const [logId, , number] = key as (string | number)[];
      if (logId !== parts.logId) break;
      const bytes = this.#records.get(Number(number));
      const record = bytes === undefined ? undefined : unpackDecisions(bytes);
      if (record === undefined || record.lastSeq < parts.seq) break;
      found.unshift(record.decisions.filter((decision) => decision.event === event));
    }
    return found.flat();
  }

  *newest(limit: number): Iterable<Decision> {
    let count = 0;
    for (const { value } of this.#records.getRange({ reverse: true })) {
      for (const decision of unpackDecisions(value).decisions.toReversed()) {
        if (count >= limit) return;
        count += 1;
        yield decision;
      }
    }
  }

  /** What removes some of the records from before `oldestMs`, and how their reactions ended. */
  trim(oldestMs: number): { changes: Change[]; more: boolean } {
    const changes: Change[] = [];
    let count = 0;
    for (const { key, value } of this.#records.getRange({ limit: trimStepRecords })) {
      const record = unpackDecisions(value);
      if (record.atMs >= oldestMs) return { changes, more: false };
      changes.push({ table: this.#records, key });
      changes.push({ table: this.#index, key: [record.logId, record.firstSeq, Number(key)] });
      const span = { start: [record.logId], end: [record.logId, record.lastSeq + 1] };
      for (const settled of this.#settled.getKeys(span)) changes.push({ table: this.#settled, key: settled });
      count += 1;
      if (changes.length >= trimStepChanges) return { changes, more: true };
    }
    return { changes, more: count === trimStepRecords };
  }
}

/** Usually one record: a commit holds the decisions of one log. */
function recordsOf(decisions: readonly Decision[], atMs: number): DecisionRecord[] {
  const logs = new Map<string, { firstSeq: number; lastSeq: number; decisions: Decision[] }>();
  for (const decision of decisions) {
    const { logId, seq } = eventParts(decision.event) ?? { logId: decision.event, seq: 0 };
    const span = logs.get(logId);
    if (span === undefined) logs.set(logId, { firstSeq: seq, lastSeq: seq, decisions: [decision] });
    else {
      span.firstSeq = Math.min(span.firstSeq, seq);
      span.lastSeq = Math.max(span.lastSeq, seq);
      span.decisions.push(decision);
    }
  }
  return [...logs].map(([logId, { firstSeq, lastSeq, decisions: list }]) => ({
    logId,
    firstSeq,
    lastSeq,
    atMs,
    decisions: list,
  }));
}
