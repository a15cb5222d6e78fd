import { describe, expect, it } from 'vitest';
import { LockOut } from '../../../src/http/users/lock-out.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

describe('the lock-out', () => {
  it('lets some failures pass and then makes each guess wait longer', async () => {
    const clock = new VirtualClock();
    const lockOut = new LockOut(clock);
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      lockOut.failed('192.0.2.7', 'alice');
      waits.push(lockOut.waitMs('192.0.2.7', 'alice'));
    }
    expect(waits).toEqual([0, 0, 0, 0, 2000, 4000, 8000, 16_000]);
    expect(lockOut.waitMs('192.0.2.8', 'alice')).toBe(0);
    expect(lockOut.waitMs('192.0.2.7', 'bob')).toBe(0);
    await clock.advance(16_000);
    expect(lockOut.waitMs('192.0.2.7', 'alice')).toBe(0);
    for (let i = 0; i < 30; i += 1) lockOut.failed('192.0.2.7', 'alice');
    expect(lockOut.waitMs('192.0.2.7', 'alice')).toBe(15 * 60_000);
  });

  it('forgets after a login and after an hour', async () => {
    const clock = new VirtualClock();
    const lockOut = new LockOut(clock);
    for (let i = 0; i < 4; i += 1) lockOut.failed('192.0.2.7', 'alice');
    lockOut.worked('192.0.2.7', 'alice');
    lockOut.failed('192.0.2.7', 'alice');
    expect(lockOut.waitMs('192.0.2.7', 'alice')).toBe(0);
    for (let i = 0; i < 3; i += 1) lockOut.failed('192.0.2.7', 'alice');
    await clock.advance(61 * 60_000);
    lockOut.failed('192.0.2.7', 'alice');
    expect(lockOut.waitMs('192.0.2.7', 'alice')).toBe(0);
  });

  it('stops guessing many names from one address, and one name from many addresses', () => {
    const lockOut = new LockOut(new VirtualClock());
    for (let i = 0; i < 20; i += 1) lockOut.failed('192.0.2.7', `user${i}`);
    expect(lockOut.waitMs('192.0.2.7', 'somebody')).toBeGreaterThan(0);
    for (let i = 0; i < 50; i += 1) lockOut.failed(`198.51.100.${i}`, 'alice');
    expect(lockOut.waitMs('203.0.113.1', 'alice')).toBeGreaterThan(0);
  });

  it('does not count logins that work', () => {
    const lockOut = new LockOut(new VirtualClock());
    for (let i = 0; i < 500; i += 1) lockOut.worked('192.0.2.7', 'alice');
    expect(lockOut.waitMs('192.0.2.7', 'alice')).toBe(0);
    expect(lockOut.waitMs('192.0.2.7', 'bob')).toBe(0);
    for (let i = 0; i < 19; i += 1) lockOut.failed('192.0.2.7', `user${i}`);
    expect(lockOut.waitMs('192.0.2.7', 'bob')).toBe(0);
    lockOut.failed('192.0.2.7', 'bob');
    expect(lockOut.waitMs('192.0.2.7', 'bob')).toBeGreaterThan(0);
  });

  it('does not lock everybody behind a proxy of this host', () => {
    const lockOut = new LockOut(new VirtualClock());
    for (let i = 0; i < 40; i += 1) lockOut.failed('127.0.0.1', `user${i}`);
    expect(lockOut.waitMs('127.0.0.1', 'alice')).toBe(0);
  });

  it('remembers no more than a fixed number', () => {
    const lockOut = new LockOut(new VirtualClock());
    for (let i = 0; i < 30_000; i += 1) lockOut.failed('127.0.0.1', `user${i}`);
    for (let i = 0; i < 5; i += 1) lockOut.failed('127.0.0.1', 'alice');
    expect(lockOut.waitMs('127.0.0.1', 'alice')).toBeGreaterThan(0);
  });
});
