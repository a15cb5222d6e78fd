import {
  type EventBatch,
  type EventHead,
  mapOf,
  type NewEvents,
  readHead,
  type Value,
} from '../core/index.ts';
import { pack, unpack } from './codec.ts';

/** The wire's form of a batch (docs/wire.md): `[atMs, tags, bodies, heads]`. */
export function encodeBatch(batch: NewEvents, atMs: number): Uint8Array {
  const heads = batch.heads === null ? null : batch.heads.map(headToValue);
  return pack([atMs, batch.tags as string[], batch.bodies as Uint8Array[], heads]);
}

export function decodeBatch(bytes: Uint8Array, firstSeq: number): EventBatch {
  const [atMs, tags, bodies, heads] = unpack(bytes) as [number, string[], Uint8Array[], Value[] | null];
  return { firstSeq, atMs, tags, bodies, heads: heads === null ? null : heads.map(readHead) };
}

function headToValue(head: EventHead | null): Value {
  if (head === null) return null;
  const cause = head.cause;
  return mapOf({
    cause: cause === undefined ? undefined : mapOf({ event: cause.event, rule: cause.rule }),
    depth: head.depth,
    source: head.source,
  });
}

/** The part of a batch from `fromSeq` on. */
export function tailOf(batch: EventBatch, fromSeq: number): EventBatch {
  const skip = fromSeq - batch.firstSeq;
  if (skip <= 0) return batch;
  return {
    firstSeq: fromSeq,
    atMs: batch.atMs,
    tags: batch.tags.slice(skip),
    bodies: batch.bodies.slice(skip),
    heads: batch.heads === null ? null : batch.heads.slice(skip),
  };
}
