import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import type { Clock } from '../core/index.ts';
import { damaged } from './fault.ts';

const flush = promisify(fdatasync);

const magic = 0x41577242;
/** magic, checksum of all that follows, generation (6 bytes), number in the generation (2), length. */
const headBytes = 20;
/** Every frame is written twice, at the same place of both halves: a byte that changes loses nothing. */
const halfBytes = 2 * 1024 * 1024;
/** From here on a disk is too slow to let everything else in the process wait for it. */
const slowMs = 1;

/**
 * A small file in front of LMDB that makes short commits durable with one flush of the disk, where LMDB needs
 * two. It holds one *generation* of frames. There are two such files: while LMDB takes over the generation of one,
 * in one transaction that also says which generation is the next, the next is written into the other.
 */
export class WriteAheadFile {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #descriptor: number;
  #generation = 0;
  #number = 0;
  #at = 0;
  /** How long the last flush took, in milliseconds. */
  #tookMs = 0;

  private constructor(folder: string, clock: Clock, descriptor: number) {
    this.#folder = folder;
    this.#clock = clock;
    this.#descriptor = descriptor;
  }

  /** null when there is no room for the file; LMDB does without it. */
  static open(folder: string, name: string, clock: Clock): WriteAheadFile | null {
    const path = join(folder, name);
    if (!existsSync(path) && !make(folder, path)) return null;
    return new WriteAheadFile(folder, clock, openSync(path, 'r+'));
  }

  /** The frames of this generation, which LMDB has not taken over; the next one is written behind them. */
  recover(generation: number): Uint8Array[] {
    this.restart(generation);
    const bytes = Buffer.alloc(halfBytes * 2);
    const length = readSync(this.#descriptor, bytes, 0, bytes.length, 0);
    const halves = [bytes.subarray(0, Math.min(length, halfBytes)), bytes.subarray(halfBytes, length)];
    const payloads: Uint8Array[] = [];
    for (;;) {
      const payload = halves.map((half) => this.#frameIn(half)).find((found) => found !== null);
      if (payload === undefined || payload === null) return payloads;
      payloads.push(payload);
      this.#moveOn(payload.length);
    }
  }

  /** LMDB has everything that was written; from now on frames count as this generation. */
  restart(generation: number): void {
    this.#generation = generation;
    this.#number = 0;
    this.#at = 0;
  }

  /** Whether little room is left. */
  get isFilling(): boolean {
    return this.#at > halfBytes / 2;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#at + headBytes + bytes <= halfBytes && this.#number < 0xffff;
  }

  /**
   * Writes one frame. Waits for the disk on the spot when that is fast, because handing the wait to another thread
   * takes as long again; then the result is undefined.
   */
  append(payload: Uint8Array): Promise<void> | undefined {
    const frame = this.#frameOf(payload);
    const beganMs = this.#clock.monotonicMs();
    for (const half of [0, halfBytes])
      if (writeSync(this.#descriptor, frame, 0, frame.length, half + this.#at) < frame.length)
        throw damaged(this.#folder, 'its write-ahead file takes no more bytes');
    if (this.#tookMs > slowMs) return flush(this.#descriptor).then(() => this.#wrote(payload, beganMs));
    fdatasyncSync(this.#descriptor);
    this.#wrote(payload, beganMs);
    return undefined;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #wrote(payload: Uint8Array, beganMs: number): void {
    // A mean over some, so that a single slow one changes nothing.
    this.#tookMs += (this.#clock.monotonicMs() - beganMs - this.#tookMs) / 8;
    this.#moveOn(payload.length);
  }

  #moveOn(payloadBytes: number): void {
    this.#at += headBytes + payloadBytes;
    this.#number += 1;
  }

  #frameOf(payload: Uint8Array): Buffer {
    const frame = Buffer.allocUnsafe(headBytes + payload.length);
    frame.writeUInt32LE(magic, 0);
    frame.writeUIntLE(this.#generation, 8, 6);
    frame.writeUInt16LE(this.#number, 14);
    frame.writeUInt32LE(payload.length, 16);
    frame.set(payload, headBytes);
    frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
    return frame;
  }

  /** The payload of the frame that stands where the next one would be written, or null. */
  #frameIn(half: Buffer): Uint8Array | null {
    const at = this.#at;
    if (at + headBytes > half.length || half.readUInt32LE(at) !== magic) return null;
    const end = at + headBytes + half.readUInt32LE(at + 16);
    if (end > half.length || half.readUInt32LE(at + 4) !== crc32(half.subarray(at + 8, end))) return null;
    const generation = half.readUIntLE(at + 8, 6);
    if (generation > this.#generation)
      throw damaged(this.#folder, 'its write-ahead file is newer than the rest');
    const isNext = generation === this.#generation && half.readUInt16LE(at + 14) === this.#number;
    return isNext ? half.subarray(at + headBytes, end) : null;
  }
}

/** Blocks that were written before are flushed faster, and later a full disk cannot be in the way. */
function make(folder: string, path: string): boolean {
  const unfinished = `${path}.new`;
  try {
    withFile(unfinished, 'w', (descriptor) => {
      const zeros = new Uint8Array(halfBytes * 2);
      if (writeSync(descriptor, zeros, 0, zeros.length) < zeros.length) throw new Error('no room');
      fsyncSync(descriptor);
    });
    renameSync(unfinished, path);
    withFile(folder, 'r', fsyncSync);
    return true;
  } catch {
    rmSync(unfinished, { force: true });
    return false;
  }
}

function withFile(path: string, flags: string, work: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags, 0o600);
  try {
    work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
