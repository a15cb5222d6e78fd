import { setTimeout as pause } from 'node:timers/promises';
import { connectBus, type LinkClient } from '../../../src/bus/index.ts';
import { isBrineError, mapOf, type OutgoingEvent } from '../../../src/core/index.ts';
import { systemClock } from '../../../src/system/index.ts';

/** What became of the events as their publisher knows it. Numbers count from 0. */
export interface Published {
  /** number → sequence number in the log. */
  readonly acked: Map<number, number>;
  /** The connection broke before the answer: they may be in the log or not. */
  readonly unknown: Set<number>;
  /** The bus said no, or they never left this process. */
  readonly refused: Map<number, string>;
}

export interface GeneratorOptions {
  readonly link: LinkClient;
  readonly events: number;
  readonly perSecond: number;
  readonly eventOf: (n: number) => OutgoingEvent;
}

const batchMax = 100;
const underWayMax = 8;

/** Publishes numbered events at a bounded rate. None is published a second time, whatever is answered. */
export class Generator {
  readonly published: Published = { acked: new Map(), unknown: new Set(), refused: new Map() };
  readonly #options: GeneratorOptions;
  readonly #underWay = new Set<Promise<void>>();
  #next = 0;
  #stopped = false;

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  get sent(): number {
    return this.#next;
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    const { link, events, perSecond, eventOf } = this.#options;
    const bus = connectBus(link, { clock: systemClock });
    const startMs = performance.now();
    while (this.#next < events && !this.#stopped) {
      const due = Math.min(events, Math.ceil(((performance.now() - startMs) * perSecond) / 1000));
      const count = Math.min(batchMax, due - this.#next);
      if (count <= 0) {
        await pause(5);
        continue;
      }
      const numbers = Array.from({ length: count }, (_, i) => this.#next + i);
      this.#next += count;
      const work = this.#publish(bus.publish(numbers.map(eventOf)), numbers).finally(() =>
        this.#underWay.delete(work),
      );
      this.#underWay.add(work);
      if (this.#underWay.size >= underWayMax) await Promise.race(this.#underWay);
    }
    await Promise.all(this.#underWay);
    await bus.close();
  }

  async #publish(
    answer: Promise<{ firstSeq: number; refused: readonly { index: number; code: string }[] }>,
    numbers: readonly number[],
  ): Promise<void> {
    const { acked, unknown, refused } = this.published;
    try {
      const ack = await answer;
      const codes = new Map(ack.refused.map(({ index, code }) => [index, code]));
      let seq = ack.firstSeq;
      numbers.forEach((n, index) => {
        const code = codes.get(index);
        if (code === undefined) acked.set(n, seq++);
        else refused.set(n, code);
      });
    } catch (error) {
      const code = isBrineError(error) ? error.code : String(error);
      const sent = !isBrineError(error, 'TIMEOUT') || error.fields['sent'] !== false;
      const certain = ['OVERLOADED', 'DISK_FULL', 'STOPPING'].includes(code) || !sent;
      for (const n of numbers) {
        if (certain) refused.set(n, code);
        else unknown.add(n);
      }
    }
  }
}

/** An event of the crash ledger: its tag says which rules want it. */
export function ledgerEvent(n: number): OutgoingEvent {
  return { tag: `load/${kindOf(n)}`, data: mapOf({ n }) };
}

export function kindOf(n: number): 'even' | 'odd' | 'dead' {
  if (n % 50 === 49) return 'dead';
  return n % 2 === 0 ? 'even' : 'odd';
}
