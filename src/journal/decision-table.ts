import type { Decision, DecisionPlace } from '../core/index.ts';
import { eventParts } from './ids.ts';
import { type DecisionRecord, packDecisions, unpackDecisions } from './reaction-records.ts';
import type { Change, Table } from './table.ts';

const trimStepRecords = 32;
const trimStepChanges = 5000;

/**
 * Decisions, one record for each commit, because one record for each decision would cost more than making
 * the decision. `records` counts the commits; `index` leads from a log and the first sequence number of a
 * record to that count. An event that was decided late, after events behind it, has a record of its own, so
 * that the spans of the others do not overlap.
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

  /** `cursorOf` gives the number behind the last event of a log that an earlier commit went past. */
  *add(
    decisions: readonly Decision[],
    atMs: number,
    cursorOf: (logId: string) => number | undefined,
  ): Iterable<Change> {
    for (const record of recordsOf(decisions, atMs, cursorOf)) {
      const number = this.#next;
      this.#next += 1;
      yield { table: this.#records, key: number, bytes: packDecisions(record) };
      yield { table: this.#index, key: indexKey(record, number), bytes: new Uint8Array(1) };
    }
  }

  of(event: string): Decision[] {
    const found: Decision[][] = [];
    for (const { record } of this.#recordsOf(event))
      found.unshift(record.decisions.filter((decision) => decision.event === event));
    return found.flat();
  }

  /** The records that may hold decisions of an event, the newest first. */
  *#recordsOf(event: string): Iterable<{ readonly number: number; readonly record: DecisionRecord }> {
    const parts = eventParts(event);
    if (parts === null) return;
    const start = [parts.logId, parts.seq, Number.MAX_SAFE_INTEGER];
    for (const key of this.#index.getKeys({ start, reverse: true })) {
      const [logId, firstSeq, number, late] = key as (string | number)[];
      if (logId !== parts.logId) break;
      if (late !== undefined && firstSeq !== parts.seq) continue;
      const bytes = this.#records.get(Number(number));
      const record = bytes === undefined ? undefined : unpackDecisions(bytes);
      if (record === undefined || record.lastSeq < parts.seq) break;
      yield { number: Number(number), record };
    }
  }

  /** With `after` those behind that one; none when it is not there any more, for then they are gone as well. */
  *newest(limit: number, after?: DecisionPlace): Iterable<Decision> {
    const isPlace = ({ event, rule }: Decision): boolean => event === after?.event && rule === after.rule;
    const start = after === undefined ? undefined : this.#numberOf(after.event, isPlace);
    if (after !== undefined && start === undefined) return;
    let isBehind = after === undefined;
    let count = 0;
    for (const { value } of this.#records.getRange({
      reverse: true,
      ...(start === undefined ? {} : { start }),
    })) {
      for (const decision of unpackDecisions(value).decisions.toReversed()) {
        if (count >= limit) return;
        if (!isBehind) {
          isBehind = isPlace(decision);
          continue;
        }
        count += 1;
        yield decision;
      }
    }
  }

  #numberOf(event: string, fits: (decision: Decision) => boolean): number | undefined {
    for (const { number, record } of this.#recordsOf(event)) if (record.decisions.some(fits)) return number;
    return undefined;
  }

  /** What removes some of the records from before `oldestMs`, and how their reactions ended. */
  trim(oldestMs: number): { changes: Change[]; more: boolean } {
    const changes: Change[] = [];
    let count = 0;
    for (const { key, value } of this.#records.getRange({ limit: trimStepRecords })) {
      const record = unpackDecisions(value);
      if (record.atMs >= oldestMs) return { changes, more: false };
      changes.push({ table: this.#records, key });
      changes.push({ table: this.#index, key: indexKey(record, Number(key)) });
      const span = { start: [record.logId], end: [record.logId, record.lastSeq + 1] };
      for (const settled of this.#settled.getKeys(span)) changes.push({ table: this.#settled, key: settled });
      count += 1;
      if (changes.length >= trimStepChanges) return { changes, more: true };
    }
    return { changes, more: count === trimStepRecords };
  }
}

function indexKey({ logId, firstSeq, late }: DecisionRecord, number: number): (string | number)[] {
  return late === true ? [logId, firstSeq, number, 1] : [logId, firstSeq, number];
}

/** Usually one record: a commit holds the decisions of one log. */
function recordsOf(
  decisions: readonly Decision[],
  atMs: number,
  cursorOf: (logId: string) => number | undefined,
): DecisionRecord[] {
  const spans = new Map<string, Span>();
  for (const decision of decisions) {
    const { logId, seq } = eventParts(decision.event) ?? { logId: decision.event, seq: 0 };
    const late = seq < (cursorOf(logId) ?? 0);
    const name = late ? decision.event : logId;
    const span = spans.get(name);
    if (span === undefined)
      spans.set(name, { logId, late, firstSeq: seq, lastSeq: seq, decisions: [decision] });
    else {
      span.firstSeq = Math.min(span.firstSeq, seq);
      span.lastSeq = Math.max(span.lastSeq, seq);
      span.decisions.push(decision);
    }
  }
  return [...spans.values()].map(({ late, ...span }) => ({ ...span, atMs, ...(late ? { late } : {}) }));
}

interface Span {
  readonly logId: string;
  readonly late: boolean;
  firstSeq: number;
  lastSeq: number;
  readonly decisions: Decision[];
}
