import { endOf, membersOf } from '../codec/check.ts';
import { nestingMax } from '../codec/reader.ts';

/** Bytes that are not what Salt's sockets carry; the stream behind them cannot be trusted. */
export class SaltStreamFault extends Error {}

/** Where the value that begins at `at` ends; undefined while its end has not arrived. Throws SaltStreamFault. */
export function valueEnd(bytes: Uint8Array, at: number): number | undefined {
  let left = 1;
  let place = at;
  const outer: number[] = [];
  while (left > 0) {
    left -= 1;
    const token = bytes[place];
    if (token === undefined) return undefined;
    place += 1;
    const members = membersOf(token, bytes, place);
    if (members >= 0) {
      place += token < 0xa0 ? 0 : (token & 1) === 0 ? 2 : 4;
      if (outer.length >= nestingMax)
        throw new SaltStreamFault(`a frame is nested deeper than ${nestingMax}`);
      outer.push(left);
      left = members;
    } else {
      place = endOf(token, bytes, place);
      if (place < 0) throw new SaltStreamFault('a frame holds a byte that begins no value');
    }
    if (place > bytes.length) return undefined;
    while (left === 0 && outer.length > 0) left = outer.pop() ?? 0;
  }
  return place;
}

/**
 * The body of one whole frame, or undefined when it has none. The order of the keys is free, `head` may hold
 * anything, and the body may be a string: masters before 3000 wrote it so. Throws SaltStreamFault.
 */
export function bodyOf(frame: Uint8Array): Uint8Array | undefined {
  const token = frame[0] ?? 0;
  const members = membersOf(token, frame, 1);
  if ((token & 0xf0) !== 0x80 && token !== 0xde && token !== 0xdf)
    throw new SaltStreamFault('a frame is not a map');
  let at = token < 0xa0 ? 1 : token === 0xde ? 3 : 5;
  let body: Uint8Array | undefined;
  for (let i = 0; i < members; i += 2) {
    const keyEnd = valueEnd(frame, at);
    const end = keyEnd === undefined ? undefined : valueEnd(frame, keyEnd);
    if (keyEnd === undefined || end === undefined) throw new SaltStreamFault('a frame ends too early');
    if (isBodyKey(frame, at, keyEnd)) body = payload(frame, keyEnd, end);
    at = end;
  }
  return body;
}

function isBodyKey(frame: Uint8Array, from: number, end: number): boolean {
  const key = payload(frame, from, end);
  return key !== undefined && Buffer.from(key).toString('latin1') === 'body';
}

/** What a string or binary value holds. */
function payload(bytes: Uint8Array, from: number, end: number): Uint8Array | undefined {
  const token = bytes[from] ?? 0;
  if (token >= 0xa0 && token < 0xc0) return bytes.subarray(from + 1, end);
  if (token >= 0xc4 && token <= 0xc6) return bytes.subarray(from + 1 + (1 << (token - 0xc4)), end);
  if (token >= 0xd9 && token <= 0xdb) return bytes.subarray(from + 1 + (1 << (token - 0xd9)), end);
  return undefined;
}

/** How many bytes a frame in Salt's usual form has, known from its first bytes; undefined when it has another form. */
export function usualLength(bytes: Uint8Array): number | undefined {
  const width = bytes.length > usual.length ? widths[bytes[usual.length] ?? 0] : undefined;
  if (width === undefined || bytes.length < usual.length + 1 + width) return undefined;
  if (!usual.every((byte, i) => bytes[i] === byte)) return undefined;
  let length = 0;
  for (let i = 0; i < width; i += 1) length = length * 256 + (bytes[usual.length + 1 + i] ?? 0);
  return usual.length + 1 + width + length;
}

const usual = [...Buffer.from('82a46865616480a4626f6479', 'hex')];
const widths: { readonly [token: number]: number } = { 0xc4: 1, 0xc5: 2, 0xc6: 4 };
