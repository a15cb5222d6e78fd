import { expect, test } from 'vitest';
import { memoryLog } from '../../../src/bus/index.ts';
import type { EventLog, NewEvents } from '../../../src/core/index.ts';
import { type Incoming, Intake } from '../../../src/salt/source/intake.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const event = (tag: string, bytes = 10): Incoming => ({ tag, data: new Uint8Array(bytes), head: null });

/** A log that takes nothing before it is told to. */
class HeldLog {
  readonly #log: EventLog;
  readonly log: EventLog;
  #let: () => void = () => undefined;
  #held: Promise<void> = Promise.resolve();
  fails = false;

  constructor(clock: VirtualClock) {
    this.#log = memoryLog({ id: 'aaaaaaaa', eventsMax: 1000, clock });
    const append = async (groups: readonly NewEvents[]): Promise<number[]> => {
      await this.#held;
      if (this.fails) throw new Error('the disk is full');
      return this.#log.append(groups);
    };
    this.log = Object.assign(Object.create(this.#log) as EventLog, { append });
  }

  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#let = resolve;
    });
  }

  async letGo(): Promise<void> {
    this.#let();
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  }

  get tags(): string[] {
    return this.#log.read(1, 1 << 20).flatMap(({ tags }) => [...tags]);
  }
}

function intakeOf(
  held: HeldLog,
  clock: VirtualClock,
  limits: { eventsMax?: number; bytesMax?: number },
): Intake {
  return new Intake({
    log: held.log,
    clock,
    eventsMax: limits.eventsMax ?? 1000,
    bytesMax: limits.bytesMax ?? 1 << 20,
    lostEvent: (count) => event(`lost ${count}`),
    stored: () => undefined,
    failed: () => undefined,
  });
}

test('what does not fit while the log is slow is missing at one place, where the log says so', async () => {
  const clock = new VirtualClock();
  for (const limits of [{ eventsMax: 3 }, { bytesMax: 30 }]) {
    const held = new HeldLog(clock);
    const intake = intakeOf(held, clock, limits);
    held.hold();
    intake.add(event('first'));
    await Promise.resolve();
    await Promise.resolve();
    for (const tag of ['a', 'b', 'c', 'd', 'e']) intake.add(event(tag));
    // One that would fit again comes behind the gap, or not at all.
    await held.letGo();
    intake.add(event('later'));
    await intake.close();
    expect(held.tags).toEqual(['first', 'a', 'b', 'c', 'lost 2', 'later']);
  }
});

test('a log that fails is tried again, and nothing is overtaken', async () => {
  const clock = new VirtualClock();
  const held = new HeldLog(clock);
  const intake = intakeOf(held, clock, {});
  held.fails = true;
  intake.add(event('a'));
  await held.letGo();
  intake.add(event('b'));
  held.fails = false;
  await clock.advance(1000);
  await held.letGo();
  await intake.close();
  expect(held.tags).toEqual(['a', 'b']);
});
