import { Packr } from 'msgpackr';
import { type EventBatch, type NewEvents, readHead, type Value } from '../core/index.ts';
import { damaged } from './fault.ts';

/** The same settings as on the wire, so that a stored batch has the bytes of a sent one. */
const packr = new Packr({ useRecords: false, mapsAsObjects: false, encodeUndefinedAsNil: true });

/** The wire's form of a batch (docs/wire.md): `[atMs, tags, bodies, heads]`. */
export function encodeBatch(batch: NewEvents, atMs: number): Uint8Array {
  return packr.pack([atMs, batch.tags, batch.bodies, batch.heads]);
}

/** Bodies are windows into `bytes`, not copies. Throws JOURNAL_DAMAGED. */
export function decodeBatch(bytes: Uint8Array, firstSeq: number, folder: string): EventBatch {
  try {
    const [atMs, tags, bodies, heads] = packr.unpack(bytes) as [
      number,
      string[],
      Uint8Array[],
      Value[] | null,
    ];
    const read = heads === null ? null : heads.map(readHead);
    return { firstSeq, atMs, tags, bodies, heads: read, encoded: bytes };
  } catch (cause) {
    throw damaged(folder, `the events from number ${firstSeq} on do not decode`, cause);
  }
}
