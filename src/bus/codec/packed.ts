import { type EventHead, type NewEvents, type PackedEvents, tagBytesMax } from '../../core/index.ts';
import { mapFault, uint } from './check.ts';
import { MsgpackReader } from './reader.ts';

/**
 * A published batch that a log may take over as it came, or null: then it is to be decoded, and what is wrong with
 * it to be told. It walks over the bytes and makes no objects, which would cost more than all else that a bus does
 * with an event. Tags that are not printable ASCII, and heads, are left to the decoder.
 */
export function takeOver(payload: Uint8Array, eventBytesMax: number): Omit<PackedEvents, 'head'> | null {
  const scan = new Scan(payload);
  if (payload[0] !== 0x94 || !scan.time()) return null;
  const from = scan.at;
  const count = scan.listHeader();
  for (let i = 0; i < count; i += 1) if (!scan.tag()) return null;
  if (count <= 0 || scan.listHeader() !== count) return null;
  for (let i = 0; i < count; i += 1) if (!scan.body(eventBytesMax)) return null;
  return scan.isAtLastNil() ? { count, bytes: payload.subarray(from, scan.at) } : null;
}

/** Packed events for whoever looks at them all the same. */
export class UnreadEvents implements NewEvents {
  readonly packed: PackedEvents;
  readonly #reader: MsgpackReader;
  #tags: readonly string[] | undefined;
  #bodies: readonly Uint8Array[] | undefined;

  constructor(packed: PackedEvents) {
    this.packed = packed;
    this.#reader = new MsgpackReader(packed.bytes);
  }

  get tags(): readonly string[] {
    this.#tags ??= this.#reader.value() as string[];
    return this.#tags;
  }

  get bodies(): readonly Uint8Array[] {
    // They stand behind the tags.
    if (this.#bodies === undefined && this.tags.length >= 0)
      this.#bodies = this.#reader.value() as Uint8Array[];
    return this.#bodies ?? [];
  }

  get heads(): readonly EventHead[] | null {
    const { count, head } = this.packed;
    return head === null ? null : Array.from({ length: count }, () => head);
  }
}

class Scan {
  readonly #bytes: Uint8Array;
  at = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A float64 or an unsigned 64-bit integer, as every encoder writes the present. */
  time(): boolean {
    const token = this.#bytes[this.at];
    this.at += 9;
    return token === 0xcb || token === 0xcf;
  }

  /** How many members follow; -1 when no list does. */
  listHeader(): number {
    const token = this.#bytes[this.at++] ?? 0;
    if (token >= 0x90 && token < 0xa0) return token & 0x0f;
    if (token !== 0xdc && token !== 0xdd) return -1;
    const width = token === 0xdc ? 2 : 4;
    const size = uint(this.#bytes, this.at, width);
    this.at += width;
    return size;
  }

  tag(): boolean {
    const token = this.#bytes[this.at++] ?? 0;
    const length = token === 0xd9 ? this.#sized(1) : token === 0xda ? this.#sized(2) : token - 0xa0;
    if (length <= 0 || length > tagBytesMax || (token > 0xbf && token < 0xd9)) return false;
    const end = this.at + length;
    for (; this.at < end; this.at += 1) {
      const byte = this.#bytes[this.at] ?? 0;
      if (byte < 0x20 || byte > 0x7e) return false;
    }
    return true;
  }

  body(bytesMax: number): boolean {
    const token = this.#bytes[this.at++] ?? 0;
    if (token < 0xc4 || token > 0xc6) return false;
    const length = this.#sized(1 << (token - 0xc4));
    const end = this.at + length;
    if (length > bytesMax || end > this.#bytes.length) return false;
    if (mapFault(this.#bytes, this.at, end) !== undefined) return false;
    this.at = end;
    return true;
  }

  isAtLastNil(): boolean {
    return this.#bytes[this.at] === 0xc0 && this.at + 1 === this.#bytes.length;
  }

  #sized(width: number): number {
    const length = uint(this.#bytes, this.at, width);
    this.at += width;
    return length;
  }
}
