import { nestingMax } from './reader.ts';

/** Whether encoded data begins as a map, seen without decoding it. */
export function isMapBytes(bytes: Uint8Array): boolean {
  const token = bytes[0];
  return token !== undefined && isMapToken(token);
}

function isMapToken(token: number): boolean {
  return (token & 0xf0) === 0x80 || token === 0xde || token === 0xdf;
}

/** Payload bytes behind the tokens 0xc0 to 0xdf that have a fixed size; -1 for those that say their size. */
const fixed = [
  0, -1, 0, 0, -1, -1, -1, -1, -1, -1, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17, -1, -1, -1, -1, -1, -1,
  -1,
];

/**
 * Why bytes are not one whole msgpack map, or undefined when they are. It only walks over the structure
 * and allocates nothing, so that a bus can ask it of every event. It does not look at UTF-8.
 */
export function mapFault(bytes: Uint8Array, from: number = 0, to: number = bytes.length): string | undefined {
  if (from >= to || !isMapToken(bytes[from] as number)) return 'the data is not a map';
  /** How many values are still to come at each depth. */
  let left = 1;
  let at = from;
  const outer: number[] = [];
  while (true) {
    while (left === 0) {
      const up = outer.pop();
      if (up === undefined) return at === to ? undefined : 'bytes follow the data';
      left = up;
    }
    left -= 1;
    if (at >= to) return 'the data ends too early';
    const token = bytes[at++] as number;
    const members = membersOf(token, bytes, at);
    if (members >= 0) {
      at += token < 0xa0 ? 0 : (token & 1) === 0 ? 2 : 4;
      if (members > to - at) return 'the data ends too early';
      if (outer.length >= nestingMax) return `the data is nested deeper than ${nestingMax}`;
      outer.push(left);
      left = members;
    } else at = endOf(token, bytes, at);
    if (at < 0) return 'the data holds a byte that begins no value';
    if (at > to) return 'the data ends too early';
  }
}

/** How many values a map or list holds; -1 for everything else. */
export function membersOf(token: number, bytes: Uint8Array, at: number): number {
  if (token < 0x80) return -1;
  if (token < 0x90) return (token & 0x0f) * 2;
  if (token < 0xa0) return token & 0x0f;
  if (token < 0xdc || token > 0xdf) return -1;
  const size = uint(bytes, at, (token & 1) === 0 ? 2 : 4);
  return token >= 0xde ? size * 2 : size;
}

/** Where a value that is neither map nor list ends; -1 when the token begins none. */
export function endOf(token: number, bytes: Uint8Array, at: number): number {
  if (token < 0x80 || token >= 0xe0) return at;
  if (token < 0xc0) return at + (token & 0x1f);
  const size = fixed[token - 0xc0] as number;
  if (size >= 0) return at + size;
  if (token === 0xc1) return -1;
  const first = token >= 0xd9 ? 0xd9 : token >= 0xc7 ? 0xc7 : 0xc4;
  const width = 1 << (token - first);
  return at + width + uint(bytes, at, width) + (first === 0xc7 ? 1 : 0);
}

/** Bytes that are not there count as 0. */
export function uint(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
