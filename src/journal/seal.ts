import { crc32 } from 'node:zlib';

const sealBytes = 4;

/** A text key as a place. */
export function placeOf(key: string): number {
  return crc32(key);
}

/**
 * A record with a checksum behind it, because LMDB has none: what a disk changed would be read as if it had
 * been written so. `place` is part of what is checked, for records whose key is a part of their meaning.
 */
export function seal(bytes: Uint8Array, place: number = 0): Uint8Array {
  const room = rooms.get(bytes);
  const sealed = room ?? Buffer.allocUnsafe(bytes.length + sealBytes);
  if (room === undefined) sealed.set(bytes);
  sealed.writeUInt32LE(crc32(bytes, place % 2 ** 32), bytes.length);
  return sealed;
}

const rooms = new WeakMap<Uint8Array, Buffer>();

/** Bytes to fill that `seal` need not copy. */
export function roomForSeal(length: number): Buffer {
  const room = Buffer.allocUnsafe(length + sealBytes);
  const bytes = room.subarray(0, length);
  rooms.set(bytes, room);
  return bytes;
}

/** The record without its checksum, as a window into `sealed`, or null when they do not fit. */
export function unseal(sealed: Uint8Array, place: number = 0): Uint8Array | null {
  const length = sealed.length - sealBytes;
  if (length < 0) return null;
  const bytes = sealed.subarray(0, length);
  const found = new DataView(sealed.buffer, sealed.byteOffset + length, sealBytes).getUint32(0, true);
  return found === crc32(bytes, place % 2 ** 32) ? bytes : null;
}
