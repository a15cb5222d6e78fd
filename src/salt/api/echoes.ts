import { unpackData } from '../../bus/index.ts';
import type { Clock, EventHead, ValueMap } from '../../core/index.ts';
import { pyEquals } from '../../render/index.ts';

interface Sent {
  readonly data: ValueMap;
  readonly head: EventHead;
  readonly atMs: number;
}

/** A runner that sends an event may wait that long for a place on a busy master. */
const keptMs = 120_000;
const tagsMax = 10_000;

/**
 * Knows the events again that reactions have sent through salt-api, so that they carry cause and depth. The master
 * writes `_stamp` itself; tag and everything else are as they were sent.
 */
export class Echoes {
  readonly #clock: Clock;
  readonly #sent = new Map<string, Sent[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  expect(tag: string, data: ValueMap, head: EventHead): void {
    const atMs = this.#clock.monotonicMs();
    const waiting = (this.#sent.get(tag) ?? []).filter((sent) => atMs - sent.atMs < keptMs);
    this.#sent.delete(tag);
    this.#sent.set(tag, [...waiting, { data: without(data), head, atMs }]);
    if (this.#sent.size <= tagsMax) return;
    for (const oldest of this.#sent.keys()) {
      this.#sent.delete(oldest);
      return;
    }
  }

  /** The head that the event was sent with; undefined when it is from elsewhere. */
  saw(tag: string, data: Uint8Array): EventHead | undefined {
    const waiting = this.#sent.get(tag);
    if (waiting === undefined) return undefined;
    const seen = without(unpackData(data));
    const found = waiting.find((sent) => pyEquals(sent.data, seen));
    if (found === undefined) return undefined;
    const left = waiting.filter((sent) => sent !== found);
    if (left.length > 0) this.#sent.set(tag, left);
    else this.#sent.delete(tag);
    return found.head;
  }
}

function without(data: ValueMap): ValueMap {
  return new Map([...data].filter(([key]) => key !== '_stamp'));
}
