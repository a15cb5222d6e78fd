import type { EventBatch, NewEvents } from '../core/index.ts';
import { encodeBatch } from './batch.ts';

/** A batch together with the bytes that the log writes. */
export type EncodedBatch = EventBatch & { readonly encoded: Uint8Array };

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
    const count = group.tags.length;
    if (count === 0) return;
    let bytes = 0;
    for (const body of group.bodies) bytes += body.length;
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
    this.batches = this.#runs.map(({ firstSeq, groups }) => {
      const { tags, bodies, heads } = joined(groups);
      return { firstSeq, atMs, tags, bodies, heads, encoded: encodeBatch({ tags, bodies, heads }, atMs) };
    });
    return this.batches;
  }
}

function fits(run: Run, group: NewEvents): boolean {
  const hasHeads = run.groups[0]?.heads !== null;
  return run.count + group.tags.length <= runEventsMax && hasHeads === (group.heads !== null);
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
