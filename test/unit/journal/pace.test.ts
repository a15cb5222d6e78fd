import { expect, test } from 'vitest';
import { Pace } from '../../../src/journal/pace.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** Commits that each keep the process waiting for `tookMs`; `requestsIn` says how many shared one that paused so long. */
async function commits(
  count: number,
  tookMs: number,
  requestsIn: (pausedMs: number) => number,
): Promise<{ pauses: number[]; spentMs: number }> {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  const pauses: number[] = [];
  const startMs = clock.monotonicMs();
  for (let n = 0; n < count; n += 1) {
    const pauseMs = pace.pauseMs();
    pauses.push(pauseMs);
    await clock.advance(pauseMs);
    const beganMs = clock.monotonicMs();
    await clock.advance(tookMs);
    pace.made(requestsIn(pauseMs), beganMs);
  }
  return { pauses, spentMs: clock.monotonicMs() - startMs };
}

test('a few commits after a pause are not kept waiting', async () => {
  const { pauses } = await commits(8, 0.25, () => 1);
  expect(pauses).toEqual(Array(8).fill(0));
});

test('many that find company are spaced, so that the process does not spend its time waiting', async () => {
  const { pauses, spentMs } = await commits(1000, 0.25, (pausedMs) => (pausedMs > 0 ? 3 : 1));
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2);
  expect((1000 * 0.25) / spentMs).toBeLessThan(0.13);
});

test('who asks one after the other is hardly kept waiting', async () => {
  const { pauses } = await commits(1000, 0.25, () => 1);
  expect(pauses.filter((pauseMs) => pauseMs > 0).length).toBeLessThan(25);
});

test('a flush that took seconds does not make the next commit wait for as long', async () => {
  const { pauses } = await commits(50, 5000, () => 4);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2);
});
