import { expect, test } from 'vitest';
import { StopGate } from '../../../src/reactor/stop-gate.ts';

test('gives what the work gives, or nothing once it is closed, and keeps nothing of what is over', async () => {
  const gate = new StopGate();
  expect(await gate.orStopped(Promise.resolve(1))).toBe(1);
  await expect(gate.orStopped(Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(gate.waits).toBe(0);
  const waiting = gate.orStopped(new Promise<number>(() => undefined));
  expect(gate.waits).toBe(1);
  gate.close();
  expect(await waiting).toBeUndefined();
  expect(await gate.orStopped(Promise.resolve(2))).toBeUndefined();
  expect(gate.waits).toBe(0);
});
