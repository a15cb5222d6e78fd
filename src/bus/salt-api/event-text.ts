import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';

export interface EventTextOptions {
  /** Bytes that one event may have; a larger one is passed over and told of. */
  readonly bytesMax: number;
  readonly data: (text: string) => void;
  readonly tooLarge: (bytes: number) => void;
}

const lineFeed = 0x0a;

/**
 * Server-sent events out of the pieces of a stream. A line that has not ended is kept in pieces, so that a long
 * one costs no more than its length, and one that never ends costs no more than the limit.
 */
export class EventText {
  readonly #options: EventTextOptions;
  readonly #parser: EventSourceParser;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #skipping = false;

  constructor(options: EventTextOptions) {
    this.#options = options;
    this.#parser = createParser({
      maxBufferSize: options.bytesMax,
      onEvent: ({ data }) => options.data(data),
      onError: (error) => this.#failed(error),
    });
  }

  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(lineFeed);
    if (end < 0) return this.#keep(chunk);
    this.#endLine(chunk.subarray(0, end + 1));
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#options.bytesMax) {
      this.#skipping = true;
      this.#pieces = [];
    } else this.#pieces.push(piece);
  }

  /** Whole lines, the first of which may go on where the kept pieces end. */
  #endLine(lines: Buffer): void {
    const bytes = this.#bytes;
    const pieces = this.#pieces;
    this.#bytes = 0;
    this.#pieces = [];
    if (!this.#skipping) return this.#parser.feed(Buffer.concat([...pieces, lines]).toString());
    this.#skipping = false;
    const rest = lines.indexOf(lineFeed) + 1;
    this.#options.tooLarge(bytes + rest);
    this.#parser.reset();
    this.#parser.feed(lines.subarray(rest).toString());
  }

  /** An event of very many short lines; `tag:`, which salt-api puts before the data, is no error of ours. */
  #failed({ type }: ParseError): void {
    if (type !== 'max-buffer-size-exceeded') return;
    this.#options.tooLarge(this.#options.bytesMax);
    this.#parser.reset();
  }
}
