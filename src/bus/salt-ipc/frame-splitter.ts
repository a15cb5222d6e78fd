import { bodyOf, SaltStreamFault, usualLength, valueEnd } from './frame-map.ts';
import { framingOf, type SaltFraming, saltFrameBytesMax } from './framing.ts';

/** What comes out of a stream of frames. */
export type SaltFrame =
  | { readonly kind: 'body'; readonly body: Uint8Array }
  /** A frame that was passed over, because it is larger than this reader takes. */
  | { readonly kind: 'too-large'; readonly bytes: number }
  /** A whole frame without a body. */
  | { readonly kind: 'empty' };

/**
 * Cuts the bytes of one connection into frames. Which framing the peer speaks is seen from its first byte.
 * A frame that is too large is passed over without being held.
 */
export class FrameSplitter {
  readonly #bytesMax: number;
  #framing: SaltFraming | undefined;
  #held: Buffer = Buffer.alloc(0);
  /** Chunks behind `#held` that are not worth joining yet. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** No frame can be whole before this many bytes are there. */
  #needed = 1;
  #skip = 0;

  constructor(bytesMax: number = saltFrameBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** What the peer speaks; undefined until its first byte has arrived. */
  get framing(): SaltFraming | undefined {
    return this.#framing;
  }

  /** The frames that are whole with this chunk. Throws SaltStreamFault, after which the connection is of no use. */
  push(chunk: Buffer): SaltFrame[] {
    const rest = this.#skipped(chunk);
    if (rest.length === 0) return [];
    this.#waiting.push(rest);
    this.#waitingBytes += rest.length;
    if (this.#held.length + this.#waitingBytes < this.#needed) return [];
    this.#held = Buffer.concat([this.#held, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return this.#cut();
  }

  #skipped(chunk: Buffer): Buffer {
    const skip = Math.min(this.#skip, chunk.length);
    this.#skip -= skip;
    return chunk.subarray(skip);
  }

  #cut(): SaltFrame[] {
    const frames: SaltFrame[] = [];
    while (this.#held.length > 0) {
      const length = this.#nextLength();
      if (length === undefined) break;
      if (length > this.#bytesMax) this.#pass(length, frames);
      else if (length <= this.#held.length) frames.push(this.#take(length));
      else {
        this.#needed = length;
        return frames;
      }
    }
    // A frame whose length is not known yet is looked at again with every chunk.
    this.#needed = this.#held.length + 1;
    if (this.#held.length > this.#bytesMax) throw new SaltStreamFault('a frame is too large and has no end');
    return frames;
  }

  /** The length of the next frame with its prefix; undefined while it cannot be known. */
  #nextLength(): number | undefined {
    this.#framing ??= framingOf(this.#held[0] ?? 0);
    if (this.#framing === undefined)
      throw new SaltStreamFault('the first byte begins neither a map nor a length');
    if (this.#framing === 'plain') return usualLength(this.#held) ?? lengthOf(this.#held);
    if (this.#held.length < 4) return undefined;
    const length = this.#held.readUInt32BE(0);
    if (length > saltFrameBytesMax) throw new SaltStreamFault(`a frame claims to have ${length} bytes`);
    return length + 4;
  }

  #take(length: number): SaltFrame {
    const frame = this.#held.subarray(this.#framing === 'prefixed' ? 4 : 0, length);
    this.#held = this.#held.subarray(length);
    const body = bodyOf(frame);
    return body === undefined ? { kind: 'empty' } : { kind: 'body', body };
  }

  #pass(length: number, frames: SaltFrame[]): void {
    frames.push({ kind: 'too-large', bytes: length });
    this.#skip = Math.max(0, length - this.#held.length);
    this.#held = this.#held.subarray(Math.min(length, this.#held.length));
  }
}

function lengthOf(bytes: Uint8Array): number | undefined {
  if (framingOf(bytes[0] ?? 0) !== 'plain') throw new SaltStreamFault('a frame is not a map');
  return valueEnd(bytes, 0);
}
