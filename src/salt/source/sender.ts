import { packData, type SaltFiring, type SaltFraming, saltBody } from '../../bus/index.ts';
import { BrineError, type Clock, type EventHead, type Ids, mapOf, messageOf } from '../../core/index.ts';
import { stampOf } from './stamps.ts';

export interface SenderOptions {
  readonly firing: SaltFiring;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What the pub socket speaks, as far as it is known. */
  readonly pubFraming: () => SaltFraming | undefined;
  /** The framing that was found, or why none was. */
  readonly found: (framing: SaltFraming | undefined) => void;
}

/** Tags of the events that find out which framing the master takes; they are no business of any rule. */
export const probePrefix = 'brine/probe/';

interface Expected {
  readonly seen: () => void;
  readonly head: EventHead;
}

interface Fired {
  readonly tag: string;
  readonly data: Uint8Array;
  readonly head: EventHead;
}

const probeMs = 1500;
const echoMs = 5000;

/**
 * Fires events on a bus whose pull socket acknowledges nothing and swallows a frame of the wrong form without
 * a word. What is fired comes back on the pub socket, which the source reads anyway: an event counts as fired
 * when it was seen there, and the framing is found by firing a probe in one form after the other.
 */
export class Sender {
  readonly #options: SenderOptions;
  /** By tag and data, in bytes: whoever waits to see that event on the bus. */
  readonly #expected = new Map<string, Expected[]>();
  #framing: SaltFraming | undefined;
  #last: SaltFraming | undefined;
  #probing: Promise<SaltFraming | undefined> | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** What the pull socket takes; undefined until a probe has shown it. */
  get framing(): SaltFraming | undefined {
    return this.#framing;
  }

  /** The reader is connected to a master, perhaps another one than before. */
  connected(probe: boolean): void {
    this.#framing = undefined;
    this.#options.firing.reset();
    if (probe) void this.#find().catch(() => undefined);
  }

  /** An event was read: the head that it was sent with, or undefined when it is from elsewhere. */
  saw(tag: string, data: Uint8Array): EventHead | undefined {
    if (this.#expected.size === 0) return undefined;
    const key = keyOf(tag, data);
    const waiting = this.#expected.get(key) ?? [];
    this.#expected.delete(key);
    for (const { seen } of waiting) seen();
    return waiting[0]?.head;
  }

  /** Resolves when the event was seen on the bus. Throws BUS_CLOSED when it cannot be there, TIMEOUT when it may be. */
  async send(tag: string, data: Uint8Array, head: EventHead): Promise<void> {
    const framing = this.#framing ?? (await this.#find());
    if (framing === undefined)
      throw new BrineError('BUS_CLOSED', 'The Salt master takes events in neither of the two framings.');
    if (await this.#fire({ tag, data, head }, framing, echoMs)) return;
    this.#framing = undefined;
    throw new BrineError('TIMEOUT', `The event ${tag} was not seen on the bus within ${echoMs} ms.`);
  }

  /** Several ask at once: one probe answers all. */
  #find(): Promise<SaltFraming | undefined> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probe(): Promise<SaltFraming | undefined> {
    const { ids, clock, pubFraming, found } = this.#options;
    const first = pubFraming() === 'prefixed' ? 'prefixed' : (this.#last ?? 'prefixed');
    let failure: unknown;
    for (const framing of [first, first === 'plain' ? 'prefixed' : 'plain'] as const) {
      const data = packData(mapOf({ framing, _stamp: stampOf(clock.nowMs(), 'naive') }));
      try {
        if (!(await this.#fire({ tag: probePrefix + ids.random(8), data, head: {} }, framing, probeMs)))
          continue;
        this.#framing = framing;
        this.#last = framing;
        found(framing);
        return framing;
      } catch (error) {
        failure = error;
      }
    }
    found(undefined);
    if (failure !== undefined) throw new BrineError('BUS_CLOSED', messageOf(failure), { cause: failure });
    return undefined;
  }

  /** False when the event was written and not seen in time. */
  async #fire({ tag, data, head }: Fired, framing: SaltFraming, waitMs: number): Promise<boolean> {
    const key = keyOf(tag, data);
    let seen: () => void = () => undefined;
    const echo = new Promise<boolean>((resolve) => {
      seen = () => resolve(true);
    });
    const expected = { seen: () => seen(), head };
    this.#expected.set(key, [...(this.#expected.get(key) ?? []), expected]);
    let cancel: () => void = () => undefined;
    const late = new Promise<boolean>((resolve) => {
      cancel = this.#options.clock.after(waitMs, () => resolve(false));
    });
    try {
      await this.#options.firing.fire(saltBody(tag, data), framing);
      return await Promise.race([echo, late]);
    } finally {
      cancel();
      const left = (this.#expected.get(key) ?? []).filter((other) => other !== expected);
      if (left.length > 0) this.#expected.set(key, left);
      else this.#expected.delete(key);
    }
  }
}

function keyOf(tag: string, data: Uint8Array): string {
  return `${tag}\n${Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1')}`;
}
