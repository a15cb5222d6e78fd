import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/dispatch/backoff.ts';

test('a pause lies between half of the doubled base and all of it, and under the cap', () => {
  const limits = { baseMs: 500, maxMs: 60_000 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, f) => {
        const full = Math.min(60_000, 500 * 2 ** (n - 1));
        const pause = backoffMs(n, limits, f);
        expect(pause).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(pause).toBeLessThanOrEqual(full);
      },
    ),
  );
  expect([1, 2, 3].map((n) => backoffMs(n, limits, 0.5))).toEqual([375, 750, 1500]);
});
