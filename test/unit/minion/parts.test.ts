import { describe, expect, it } from 'vitest';
import { Batcher } from '../../../src/minion/batcher.ts';
import { Capture } from '../../../src/minion/process/capture.ts';
import { ctime } from '../../../src/minion/start-events.ts';

describe('ctime', () => {
  it('writes local time as C does', () => {
    expect(ctime(new Date(2024, 1, 3, 10, 0, 7))).toBe('Sat Feb  3 10:00:07 2024');
    expect(ctime(new Date(2026, 10, 22, 4, 5, 59))).toBe('Sun Nov 22 04:05:59 2026');
  });
});

describe('a batcher', () => {
  it('collects while a batch is under way, keeps the order, and never handles two at once', async () => {
    const batches: number[][] = [];
    let under = 0;
    const gates: (() => void)[] = [];
    const batcher = new Batcher<number>(3, async (items) => {
      under += 1;
      expect(under).toBe(1);
      batches.push([...items]);
      await new Promise<void>((resolve) => gates.push(resolve));
      under -= 1;
    });
    batcher.add(1);
    batcher.add(2);
    await Promise.resolve();
    await Promise.resolve();
    expect(batches).toEqual([[1, 2]]);
    batcher.add(3, 4, 5, 6);
    expect(batcher.size).toBe(4);
    const idle = batcher.idle();
    for (let n = 0; n < 3; n += 1) {
      gates.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await idle;
    expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
    batcher.add(7);
    await Promise.resolve();
    await Promise.resolve();
    expect(batches.at(-1)).toEqual([7]);
    gates.shift()?.();
    await batcher.idle();
  });
});

describe('captured output', () => {
  it('is kept up to its limit and counted beyond', () => {
    const capture = new Capture(5);
    for (const piece of ['ab', 'cde', 'fg', 'h']) capture.add(Buffer.from(piece));
    expect(capture.text()).toBe('abcde\n[3 bytes more were cut off]');
    const exact = new Capture(2);
    exact.add(Buffer.from('ab'));
    expect(exact.text()).toBe('ab');
  });
});
