import { PyFloat, PyTuple, type Value, type ValueMap } from '../../core/index.ts';
import { MsgpackFault, nestingMax } from './reader.ts';

/**
 * Writes Python's values as msgpack, as Salt does: whole numbers as ints of any width, floats as float64,
 * ints beyond 64 bits as decimal strings. One writer serves many values; `take` copies the bytes out.
 */
export class MsgpackWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(8192);
  #at = 0;
  #depth = 0;

  /** The bytes written since the last call. */
  take(): Uint8Array {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.reset();
    return bytes;
  }

  reset(): void {
    this.#at = 0;
    this.#depth = 0;
    // One huge event must not hold its memory for ever.
    if (this.#bytes.length > 1 << 20) this.#bytes = Buffer.allocUnsafeSlow(8192);
  }

  value(value: Value): void {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return this.#byte(value ? 0xc3 : 0xc2);
      case 'bigint':
        return this.#bigint(value);
      default:
        return this.#object(value);
    }
  }

  #object(value: Exclude<Value, string | number | boolean | bigint>): void {
    if (value === null || value === undefined) return this.#byte(0xc0);
    if (value instanceof Map) return this.map(value);
    if (Array.isArray(value)) return this.#list(value);
    if (value instanceof PyFloat) return this.#float(value.value);
    if (value instanceof PyTuple) return this.#list(value.items);
    if (value instanceof Uint8Array) return this.#binary(value);
    throw new MsgpackFault('it holds something that is not data');
  }

  map(map: ValueMap): void {
    this.mapHeader(map.size);
    this.entries(map);
  }

  mapHeader(size: number): void {
    this.#header(size, 0x80, 16, 0xde);
  }

  entries(map: ValueMap): void {
    this.#enter();
    for (const [key, value] of map) {
      this.value(key);
      this.value(value);
    }
    this.#depth -= 1;
  }

  #list(list: readonly Value[]): void {
    this.#header(list.length, 0x90, 16, 0xdc);
    this.#enter();
    for (const item of list) this.value(item);
    this.#depth -= 1;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > nestingMax) throw new MsgpackFault(`it is nested deeper than ${nestingMax}`);
  }

  text(text: string): void {
    if (text.length >= 32 || !this.#short(text)) this.#long(text);
  }

  /** Most strings are a few ASCII characters, for which two calls into the runtime are the larger part. */
  #short(text: string): boolean {
    const { length } = text;
    const from = this.#reserve(length + 1);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        this.#at = from;
        return false;
      }
      bytes[from + 1 + i] = unit;
    }
    bytes[from] = 0xa0 | length;
    return true;
  }

  #long(text: string): void {
    const length = Buffer.byteLength(text);
    if (length < 32) this.#byte(0xa0 | length);
    else this.#sized(length, 0xd9);
    const from = this.#reserve(length);
    this.#bytes.write(text, from, length, 'utf8');
  }

  #binary(bytes: Uint8Array): void {
    this.#sized(bytes.length, 0xc4);
    const from = this.#reserve(bytes.length);
    this.#bytes.set(bytes, from);
  }

  /** A length in 1, 2 or 4 bytes behind `token`, `token + 1` or `token + 2`. */
  #sized(length: number, token: number): void {
    if (length < 0x100) this.#uint(token, length, 1);
    else if (length < 0x10000) this.#uint(token + 1, length, 2);
    else this.#uint(token + 2, length, 4);
  }

  #header(size: number, short: number, shortMax: number, token: number): void {
    if (size < shortMax) this.#byte(short | size);
    else if (size < 0x10000) this.#uint(token, size, 2);
    else this.#uint(token + 1, size, 4);
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.#float(value);
    if (value >= 0) return this.#natural(value);
    if (value >= -0x20) this.#byte(value + 0x100);
    else if (value >= -0x80) this.#uint(0xd0, value + 0x100, 1);
    else if (value >= -0x8000) this.#uint(0xd1, value + 0x10000, 2);
    else if (value >= -0x80000000) this.#uint(0xd2, value + 0x100000000, 4);
    else this.#bigint(BigInt(value));
  }

  #natural(value: number): void {
    if (value < 0x80) this.#byte(value);
    else if (value < 0x100) this.#uint(0xcc, value, 1);
    else if (value < 0x10000) this.#uint(0xcd, value, 2);
    else if (value < 0x100000000) this.#uint(0xce, value, 4);
    else this.#bigint(BigInt(value));
  }

  #bigint(value: bigint): void {
    if (Number.isSafeInteger(Number(value)) && value < 0x100000000n && value >= -0x80000000n)
      this.#number(Number(value));
    else if (value >= 0n && value < 1n << 64n) {
      this.#byte(0xcf);
      const from = this.#reserve(8);
      this.#bytes.writeBigUInt64BE(value, from);
    } else if (value < 0n && value >= -(1n << 63n)) {
      this.#byte(0xd3);
      const from = this.#reserve(8);
      this.#bytes.writeBigInt64BE(value, from);
    } else this.text(String(value));
  }

  #float(value: number): void {
    this.#byte(0xcb);
    const from = this.#reserve(8);
    this.#bytes.writeDoubleBE(value, from);
  }

  #uint(token: number, value: number, width: number): void {
    const from = this.#reserve(1 + width);
    this.#bytes[from] = token;
    this.#bytes.writeUIntBE(value, from + 1, width);
  }

  #byte(byte: number): void {
    // Not in one expression: `this.#bytes` would be looked up before the room is made, which may replace it.
    const from = this.#reserve(1);
    this.#bytes[from] = byte;
  }

  /** Makes room for `length` bytes, moves on, and gives the place before. */
  #reserve(length: number): number {
    const from = this.#at;
    this.#at = from + length;
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at));
      this.#bytes.copy(larger, 0, 0, from);
      this.#bytes = larger;
    }
    return from;
  }
}
