import { type Clock, isBrineError } from '../../core/index.ts';
import type { Caller } from '../users/caller.ts';
import type { TagScope } from '../users/tag-scope.ts';
import { type Frame, framesOf, joined } from './frames.ts';
import type { LogHead } from './log-head.ts';
import type { Segment } from './recent-events.ts';
import type { Sink } from './sink.ts';
import type { Slots } from './slots.ts';

export interface StreamOptions {
  readonly head: LogHead;
  readonly clock: Clock;
  readonly caller: Caller;
  /** The tags that are sent: what the caller wishes of what it may read. */
  readonly scope: TagScope;
  /** The sequence number to begin with. */
  readonly from: number;
  readonly frame: Frame;
  /** Streams with the same key write the same for the same events. */
  readonly key: string;
  readonly sink: Sink;
  /** Who may read old events from the log at once. */
  readonly slots: Slots;
  /** Called when the stream has ended for whatever reason. */
  readonly onEnd: () => void;
}

/** What is written at once, at most. */
const chunkBytes = 256 * 1024;

/**
 * One reader of events: a place in the log and a connection. It holds no events. At the head it is fed from
 * the recent events; when it is further behind it reads the log itself, as fast as its connection takes them.
 */
export class EventStream {
  readonly caller: Caller;
  readonly #options: StreamOptions;
  #next: number;
  #isBlocked = false;
  #isCatchingUp = false;
  #ended = false;
  #blockedSinceMs = 0;
  #writtenMs: number;
  #unblock: (() => void) | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.caller = options.caller;
    this.#next = options.from;
    this.#writtenMs = options.clock.monotonicMs();
    const { sink } = options;
    sink.onDrain(() => this.#drained());
    sink.onClose(() => this.#end());
  }

  /** The sequence number of the last event that was written or passed over. */
  get lastSeq(): number {
    return this.#next - 1;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How long the connection has taken nothing while something waits for it. */
  stalledMs(): number {
    return this.#isBlocked ? this.#options.clock.monotonicMs() - this.#blockedSinceMs : 0;
  }

  /** Writes what there is, as far as the connection takes it. */
  pump(): void {
    const { head, scope, key, frame } = this.#options;
    while (!this.#isBlocked && !this.#isCatchingUp && !this.#ended) {
      const parts: Buffer[] = [];
      let bytes = 0;
      for (let segment = head.recent.at(this.#next); segment !== undefined && bytes < chunkBytes; ) {
        const frames = framesOf(segment, this.#next, scope, key, frame);
        if (frames.length > 0) parts.push(frames);
        bytes += frames.length;
        this.#next = segment.nextSeq;
        segment = head.recent.at(this.#next);
      }
      if (parts.length > 0) this.#write(joined(parts));
      else if (head.recent.at(this.#next) === undefined) break;
    }
    const { head: newest = 0, oldest } = head.recent;
    if (this.#next < oldest && this.#next < newest && !this.#isBlocked && !this.#isCatchingUp && !this.#ended)
      void this.#catchUp();
  }

  /** The log was replaced by another one, which is read from `nextSeq` on. */
  replaced(nextSeq: number): void {
    this.#next = nextSeq;
    this.#comment('the events from here on are of a new log');
  }

  /** Shows that the stream is alive when nothing was written for so long. */
  beat(everyMs: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#isBlocked || nowMs - this.#writtenMs < everyMs) return;
    this.#writtenMs = nowMs;
    this.#options.sink.beat();
  }

  /** Ends the stream and tells the client why. */
  stop(reason: string): void {
    if (this.#ended) return;
    this.#options.sink.end(`${reason} The last event was ${this.lastSeq}.`);
    this.#end();
  }

  #write(frames: Buffer): void {
    const { clock, sink } = this.#options;
    this.#writtenMs = clock.monotonicMs();
    if (sink.write(frames) || this.#ended) return;
    this.#isBlocked = true;
    this.#blockedSinceMs = this.#writtenMs;
  }

  #comment(text: string): void {
    this.#write(Buffer.from(`: ${text}\n\n`));
  }

  #drained(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    const unblock = this.#unblock;
    this.#unblock = undefined;
    if (unblock === undefined) this.pump();
    else unblock();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unblock?.();
    this.#options.onEnd();
  }

  /** Reads the log until the recent events begin. A full connection gives its place to others meanwhile. */
  async #catchUp(): Promise<void> {
    this.#isCatchingUp = true;
    const giveBack = await this.#options.slots.take();
    try {
      if (!this.#ended) await this.#readLog();
    } catch (error) {
      // Cut off by the bus, or the bus is gone: the next look begins where this one ended.
      if (!isBrineError(error)) throw error;
    } finally {
      giveBack();
    }
    if (this.#isBlocked && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#unblock = resolve;
      });
    this.#isCatchingUp = false;
    this.pump();
  }

  async #readLog(): Promise<void> {
    const { head, scope, frame } = this.#options;
    const subscription = head.origin.subscribe({ from: this.#next, prefixes: [], name: 'api stream' });
    try {
      for await (const message of subscription) {
        if (this.#ended) return;
        if (message.kind === 'gap') {
          this.#next = message.toSeq + 1;
          this.#comment(`gap: ${message.fromSeq} to ${message.toSeq} are gone: ${message.reason}`);
        } else {
          const { batch, nextSeq } = message;
          const segment: Segment = { firstSeq: batch.firstSeq, nextSeq, batch, bytes: 0 };
          const frames = framesOf(segment, this.#next, scope, '', frame);
          this.#next = nextSeq;
          if (frames.length > 0) this.#write(frames);
        }
        if (this.#ended || this.#isBlocked || this.#next >= head.recent.oldest) return;
      }
    } finally {
      subscription.close();
    }
  }
}
