import { countOf, type EventBatch, type NewEvents } from '../core/index.ts';
import { decodeBatch, encodeBatch, encodePacked } from './batch.ts';

/** A batch together with the bytes that the log writes. */
export interface EncodedBatch extends EventBatch {
  readonly encoded: Uint8Array;
  readonly count: number;
  /** Keeps the bytes only; they are decoded when somebody looks at the events after that. */
  compact(): void;
}

/** Groups that become one record. */
interface Run {
  readonly firstSeq: number;
  readonly groups: NewEvents[];
  count: number;
}

/** A larger group gains nothing from company, and would make trimming coarse. */
const smallBytesMax = 8 * 1024;
const runEventsMax = 1024;
const runBytesMax = 128 * 1024;

/**
 * The events of one transaction. Small groups are put together, because each record costs the log, and each
 * message its readers, more than the events in it.
 */
export class Staging {
  #runs: Run[] = [];
  #runBytes = 0;
  bytes = 0;
  batches: readonly EncodedBatch[] = [];

  clear(): void {
    this.#runs = [];
    this.bytes = 0;
    this.batches = [];
  }

  add(group: NewEvents, firstSeq: number): void {
    const count = countOf(group);
    if (count === 0) return;
    const bytes = bytesOf(group);
    this.bytes += bytes;
    const run = this.#runs.at(-1);
    const isSmall = bytes <= smallBytesMax && this.#runBytes + bytes <= runBytesMax;
    if (run !== undefined && isSmall && fits(run, group)) {
      run.groups.push(group);
      run.count += count;
      this.#runBytes += bytes;
    } else {
      this.#runs.push({ firstSeq, groups: [group], count });
      this.#runBytes = bytes;
    }
  }

  encode(atMs: number): readonly EncodedBatch[] {
    this.batches = this.#runs.map(({ firstSeq, groups, count }) => {
      const events = joined(groups);
      const { packed } = events;
      const encoded = packed === undefined ? encodeBatch(events, atMs) : encodePacked(packed, atMs);
      return new StagedBatch(events, { firstSeq, atMs, count, encoded });
    });
    return this.batches;
  }
}

/** Its events are taken apart only when a reader in this process looks at them. */
class StagedBatch implements EncodedBatch {
  readonly firstSeq: number;
  readonly atMs: number;
  readonly count: number;
  readonly encoded: Uint8Array;
  #parts: Pick<EventBatch, 'tags' | 'bodies' | 'heads'> | undefined;

  constructor(events: NewEvents, own: Pick<EncodedBatch, 'firstSeq' | 'atMs' | 'count' | 'encoded'>) {
    this.#parts = events;
    this.firstSeq = own.firstSeq;
    this.atMs = own.atMs;
    this.count = own.count;
    this.encoded = own.encoded;
  }

  get tags(): EventBatch['tags'] {
    return this.#events.tags;
  }

  get bodies(): EventBatch['bodies'] {
    return this.#events.bodies;
  }

  get heads(): EventBatch['heads'] {
    return this.#events.heads;
  }

  get #events(): Pick<EventBatch, 'tags' | 'bodies' | 'heads'> {
    this.#parts ??= decodeBatch(this.encoded, this.firstSeq, 'memory');
    return this.#parts;
  }

  compact(): void {
    this.#parts = undefined;
  }
}

function bytesOf(group: NewEvents): number {
  if (group.packed !== undefined) return group.packed.bytes.length;
  let bytes = 0;
  for (const body of group.bodies) bytes += body.length;
  return bytes;
}

function fits(run: Run, group: NewEvents): boolean {
  const hasHeads = run.groups[0]?.heads !== null;
  return run.count + countOf(group) <= runEventsMax && hasHeads === (group.heads !== null);
}

function joined(groups: readonly NewEvents[]): NewEvents {
  const [first] = groups;
  if (first !== undefined && groups.length === 1) return first;
  return {
    tags: groups.flatMap(({ tags }) => tags),
    bodies: groups.flatMap(({ bodies }) => bodies),
    heads: first === undefined || first.heads === null ? null : groups.flatMap(({ heads }) => heads ?? []),
  };
}
