import { Packr } from 'msgpackr';
import { type EventBatch, type NewEvents, type PackedEvents, readHead, type Value } from '../core/index.ts';
import { damaged } from './fault.ts';
import { roomForSeal } from './seal.ts';

/** The same settings as on the wire, so that a stored batch has the bytes of a sent one. */
const packr = new Packr({ useRecords: false, mapsAsObjects: false, encodeUndefinedAsNil: true });

/** The wire's form of a batch (docs/wire.md): `[atMs, tags, bodies, heads]`. */
export function encodeBatch(batch: NewEvents, atMs: number): Uint8Array {
  return packr.pack([atMs, batch.tags, batch.bodies, batch.heads]);
}

/** Bytes of the beginning of a list of four and of a time as float64. */
const beginBytes = 10;

/** The same of events that are packed already; `seal` does not have to copy these bytes. */
export function encodePacked({ bytes, head }: PackedEvents, atMs: number): Uint8Array {
  const heads = packr.pack(head);
  const encoded = roomForSeal(beginBytes + bytes.length + heads.length);
  encoded.writeUInt8(0x94, 0);
  encoded.writeUInt8(0xcb, 1);
  encoded.writeDoubleBE(atMs, 2);
  encoded.set(bytes, beginBytes);
  encoded.set(heads, beginBytes + bytes.length);
  return encoded;
}

/** Bodies are windows into `bytes`, not copies. Throws JOURNAL_DAMAGED. */
export function decodeBatch(bytes: Uint8Array, firstSeq: number, folder: string): EventBatch {
  try {
    const [atMs, tags, bodies, heads] = packr.unpack(bytes) as [number, string[], Uint8Array[], Value];
    return { firstSeq, atMs, tags, bodies, heads: headsOf(heads, tags.length), encoded: bytes };
  } catch (cause) {
    throw damaged(folder, `the events from number ${firstSeq} on do not decode`, cause);
  }
}

/** None, one for all, or one for each. */
function headsOf(raw: Value, count: number): EventBatch['heads'] {
  if (Array.isArray(raw)) return raw.map(readHead);
  if (raw === null) return null;
  const head = readHead(raw);
  return Array.from({ length: count }, () => head);
}
