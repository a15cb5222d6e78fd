import { canaryPrefix, countOf, type EventBatch, type EventLog, isCanary, tailOf } from '../../core/index.ts';
import type { BusMessage } from '../types.ts';

/** Bytes that one read of the log asks for, and so about how large one message to a reader is. */
const readBytes = 256 * 1024;

/** What a reader gets from `from` on: messages, and where the next look begins. */
export interface Selection {
  readonly messages: readonly BusMessage[];
  readonly nextSeq: number;
}

/** Reads on from a place in the log, keeping only tags with one of the prefixes. Empty at the end. */
export function selectFrom(log: EventLog, from: number, prefixes: readonly string[]): Selection {
  const messages: BusMessage[] = [];
  let next = from;
  for (const whole of log.read(from, readBytes)) {
    const batch = tailOf(whole, next);
    if (countOf(batch) === 0) continue;
    if (batch.firstSeq > next) messages.push(gap(next, batch.firstSeq));
    next = batch.firstSeq + countOf(batch);
    const message = filter(batch, prefixes, next);
    if (message !== null) messages.push(message);
  }
  // Everything that was asked for may have been trimmed.
  if (next === from && log.oldestSeq() > from) {
    next = log.oldestSeq();
    messages.push(gap(from, next));
  }
  return { messages, nextSeq: next };
}

/** `toSeq` is the last event that is missing. */
function gap(fromSeq: number, nextSeq: number): BusMessage {
  const reason = 'the log no longer holds these events';
  return { kind: 'gap', fromSeq, toSeq: nextSeq - 1, reason };
}

function filter(batch: EventBatch, prefixes: readonly string[], nextSeq: number): BusMessage | null {
  if (isUnfiltered(batch, prefixes)) return { kind: 'events', batch, seqs: null, nextSeq };
  const indexes: number[] = [];
  for (let index = 0; index < batch.tags.length; index += 1)
    if (isWanted(batch.tags[index] as string, prefixes)) indexes.push(index);
  if (indexes.length === 0) return null;
  if (indexes.length === batch.tags.length) return { kind: 'events', batch, seqs: null, nextSeq };
  const pick = <T>(list: readonly T[]): T[] => indexes.map((index) => list[index] as T);
  const firstSeq = batch.firstSeq + (indexes[0] as number);
  const heads = batch.heads === null ? null : pick(batch.heads);
  return {
    kind: 'events',
    batch: { firstSeq, atMs: batch.atMs, tags: pick(batch.tags), bodies: pick(batch.bodies), heads },
    seqs: indexes.map((index) => batch.firstSeq + index),
    nextSeq,
  };
}

/** Canaries are only for whoever asks for them, or says that it takes everything: the prefix ''. */
function isUnfiltered({ tags }: EventBatch, prefixes: readonly string[]): boolean {
  return prefixes.length === 0 ? !tags.some(isCanary) : prefixes.includes('');
}

function isWanted(tag: string, prefixes: readonly string[]): boolean {
  if (isCanary(tag)) return prefixes.some((prefix) => prefix.startsWith(canaryPrefix));
  return prefixes.length === 0 || startsWithAny(tag, prefixes);
}

function startsWithAny(tag: string, prefixes: readonly string[]): boolean {
  for (const prefix of prefixes) if (tag.startsWith(prefix)) return true;
  return false;
}
