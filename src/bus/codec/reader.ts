import { isUtf8 } from 'node:buffer';
import { float, int, type Value, type ValueMap } from '../../core/index.ts';
import { knownKey, rememberKey } from './key-cache.ts';

/** Maps and lists inside each other; more is an attack or a mistake, and would overflow somebody's stack. */
export const nestingMax = 512;

/** A part of a string that is longer than this would keep the whole string in memory. */
const shortMax = 12;
const latinMax = 4096;

/** Bytes that are not one whole msgpack value. */
export class MsgpackFault extends Error {}

/** msgpack's number of Salt's dates, and of its named constants. */
const extDate = 78;
const extConstant = 79;

/**
 * Reads msgpack as Python's values. A JavaScript decoder will not do for what comes from others: it takes
 * 1.0 for an int, replaces broken UTF-8 in silence and builds objects from extension types.
 */
export class MsgpackReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at = 0;
  #depth = 0;
  /** The first bytes as one string, of which short strings are parts: one call into the runtime for many. */
  #latin: string | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  /** The one value that the bytes, or what is left of them, hold. */
  whole(): Value {
    const value = this.value();
    if (this.#at !== this.#end) throw new MsgpackFault(`${this.#end - this.#at} bytes follow the value`);
    return value;
  }

  /** How many values follow as one list. */
  listHeader(): number {
    const token = this.#byte();
    if (token >= 0x90 && token < 0xa0) return token & 0x0f;
    if (token === 0xdc || token === 0xdd) return this.#uint(2 << (token - 0xdc));
    throw new MsgpackFault('it is not a list');
  }

  value(): Value {
    const token = this.#byte();
    if (token < 0x80) return token;
    if (token < 0x90) return this.#map(token & 0x0f);
    if (token < 0xa0) return this.#list(token & 0x0f);
    if (token < 0xc0) return this.#text(token & 0x1f);
    if (token >= 0xe0) return token - 0x100;
    return token < 0xca ? this.#plain(token) : this.#sized(token);
  }

  #plain(token: number): Value {
    switch (token) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#slice(this.#uint(1 << (token - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (token - 0xc7)));
      default:
        throw new MsgpackFault('byte 0xc1 begins no value');
    }
  }

  #sized(token: number): Value {
    switch (token) {
      case 0xca:
        return float(this.#bytes.readFloatBE(this.#skip(4)));
      case 0xcb:
        return float(this.#bytes.readDoubleBE(this.#skip(8)));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (token - 0xcc));
      case 0xcf:
        return int(this.#bytes.readBigUInt64BE(this.#skip(8)));
      case 0xd0:
      case 0xd1:
      case 0xd2: {
        const width = 1 << (token - 0xd0);
        return this.#bytes.readIntBE(this.#skip(width), width);
      }
      case 0xd3:
        return int(this.#bytes.readBigInt64BE(this.#skip(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (token - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(2 << (token - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 << (token - 0xde)));
      default:
        return this.#extension(1 << (token - 0xd4));
    }
  }

  #map(size: number): ValueMap {
    this.#enter(size * 2);
    const map: ValueMap = new Map();
    for (let i = 0; i < size; i += 1) {
      const key = this.#key();
      if (Array.isArray(key) || key instanceof Map) throw new MsgpackFault('a list or a map is a key');
      map.set(key, this.value());
    }
    this.#depth -= 1;
    return map;
  }

  #key(): Value {
    const token = this.#bytes[this.#at] as number;
    if (token < 0xa0 || token >= 0xc0) return this.value();
    const length = token & 0x1f;
    const from = this.#at + 1;
    if (from + length > this.#end) return this.value();
    const known = knownKey(this.#bytes, from, length);
    if (known === undefined) {
      this.#at += 1;
      const text = this.#text(length);
      rememberKey(this.#bytes, from, length, text);
      return text;
    }
    this.#at = from + length;
    return known;
  }

  #list(size: number): Value[] {
    this.#enter(size);
    const list: Value[] = [];
    for (let i = 0; i < size; i += 1) list.push(this.value());
    this.#depth -= 1;
    return list;
  }

  /** Every member takes a byte at least, so a size beyond the rest is a lie: refuse before working for it. */
  #enter(members: number): void {
    if (members > this.#end - this.#at) throw new MsgpackFault('the bytes end inside a list or map');
    this.#depth += 1;
    if (this.#depth > nestingMax) throw new MsgpackFault(`it is nested deeper than ${nestingMax}`);
  }

  #text(length: number): string {
    const from = this.#skip(length);
    if (length <= shortMax && isAscii(this.#bytes, from, this.#at)) {
      this.#latin ??= this.#bytes.toString('latin1', 0, Math.min(this.#end, latinMax));
      if (this.#at <= latinMax) return this.#latin.slice(from, this.#at);
    }
    const text = this.#bytes.toString('utf8', from, this.#at);
    if (text.includes('\ufffd') && !isUtf8(this.#bytes.subarray(from, this.#at)))
      throw new MsgpackFault('a string is not UTF-8');
    return text;
  }

  #extension(length: number): Value {
    const type = this.#bytes.readInt8(this.#skip(1));
    const content = this.#slice(length);
    if (type === extDate) return isoDate(Buffer.from(content).toString('latin1'));
    if (type !== extConstant) return content;
    const constant = new MsgpackReader(content).whole();
    return Array.isArray(constant) ? (constant[1] ?? null) : constant;
  }

  #slice(length: number): Uint8Array {
    const from = this.#skip(length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + from, length);
  }

  #uint(width: number): number {
    const from = this.#skip(width);
    return width === 1 ? (this.#bytes[from] as number) : this.#bytes.readUIntBE(from, width);
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)] as number;
  }

  /** Moves on by `length` and gives the place before. */
  #skip(length: number): number {
    const from = this.#at;
    if (length > this.#end - from) throw new MsgpackFault('the bytes end inside a value');
    this.#at = from + length;
    return from;
  }
}

/** Salt's `YYYYMMDDTHH:MM:SS.ffffff` in ISO form; anything else as it is. */
function isoDate(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)T/, '$1-$2-$3T');
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}
