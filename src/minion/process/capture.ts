/** Output of a program, up to a limit; what is beyond it is counted, not kept. */
export class Capture {
  readonly #bytesMax: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #dropped = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(chunk: Buffer): void {
    const room = Math.min(chunk.length, this.#bytesMax - this.#kept);
    if (room > 0) this.#chunks.push(room === chunk.length ? chunk : chunk.subarray(0, room));
    this.#kept += room;
    this.#dropped += chunk.length - room;
  }

  text(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    return this.#dropped === 0 ? text : `${text}\n[${this.#dropped} bytes more were cut off]`;
  }
}
