import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue, mayTakeShare } from '../../../src/core/index.ts';

describe('a fair queue', () => {
  it('serves its lanes in turn, so a long one does not keep a short one waiting', () => {
    const queue = new FairQueue<string>();
    for (let n = 1; n <= 1000; n += 1) queue.push('long', `long ${n}`);
    queue.push('short', 'short 1');
    queue.push('short', 'short 2');
    expect(queue.take(5)).toEqual(['long 1', 'long 2', 'long 3', 'short 1', 'short 2']);
    expect(queue.size).toBe(997);
    for (let n = 1; n <= 9; n += 1) queue.push('short', `more ${n}`);
    expect(queue.take(2)).toEqual(['long 4', 'more 1']);
    expect(queue.take(1)).toEqual(['long 5']);
    expect(queue.take(1)).toEqual(['more 2']);
  });

  it('passes over lanes that may not give and lanes that are paused', () => {
    const queue = new FairQueue<string>();
    for (const lane of ['a', 'b', 'c']) for (let n = 1; n <= 3; n += 1) queue.push(lane, lane + n);
    queue.pause('b');
    expect([queue.size, queue.pausedSize, queue.pausedKeys()]).toEqual([6, 3, ['b']]);
    let left = 1;
    const room = (lane: string, wanted: number): number => {
      const count = lane === 'a' ? Math.min(left, wanted) : wanted;
      if (lane === 'a') left -= count;
      return count;
    };
    expect(queue.take(10, room)).toEqual(['a1', 'c1', 'c2', 'c3']);
    queue.push('b', 'b4');
    queue.resume('b');
    expect([queue.size, queue.pausedSize]).toEqual([6, 0]);
    expect(queue.take(10)).toHaveLength(6);
    expect([queue.size, queue.lanes]).toEqual([0, 0]);
  });

  it('loses nothing, repeats nothing, and keeps the order within a lane, whatever is done to it', () => {
    const lane = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ push: lane }),
      fc.record({ take: fc.nat({ max: 5 }) }),
      fc.record({ takeOf: lane, max: fc.nat({ max: 3 }) }),
      fc.record({ pause: lane }),
      fc.record({ resume: lane }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<{ lane: string; n: number }>();
        const seen = new Map<string, number>();
        let pushed = 0;
        let taken = 0;
        const check = (items: readonly { lane: string; n: number }[]): void => {
          for (const { lane: from, n } of items) {
            expect(n).toBeGreaterThan(seen.get(from) ?? 0);
            seen.set(from, n);
          }
          taken += items.length;
        };
        for (const action of steps) {
          if ('push' in action) queue.push(action.push, { lane: action.push, n: (pushed += 1) });
          else if ('take' in action) check(queue.take(action.take));
          else if ('takeOf' in action) check(queue.takeOf(action.takeOf, action.max));
          else if ('pause' in action) queue.pause(action.pause);
          else queue.resume(action.resume);
          expect(queue.size + queue.pausedSize).toBe(pushed - taken);
        }
        for (const key of queue.pausedKeys()) queue.resume(key);
        check(queue.take(1000));
        expect([taken, queue.size, queue.lanes]).toEqual([pushed, 0, 0]);
      }),
    );
  });
});

describe('a fair share', () => {
  it('leaves room for whoever comes next, however many greedy users there are', () => {
    const held = [0, 0, 0];
    const free = (): number => 1000 - held.reduce((sum, one) => sum + one, 0);
    held.forEach((_, user) => {
      while (mayTakeShare(held[user] ?? 0, free())) held[user] = (held[user] ?? 0) + 1;
    });
    expect(held).toEqual([800, 160, 32]);
    expect(mayTakeShare(0, free())).toBe(true);
    expect(mayTakeShare(0, 0)).toBe(false);
    expect([mayTakeShare(0, 1), mayTakeShare(3, 1), mayTakeShare(4, 1)]).toEqual([true, true, false]);
  });
});
