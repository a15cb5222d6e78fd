import { describe, expect, it } from 'vitest';
import { decideKey, type KeyRecord, type KeyState } from '../../../src/master/keys/key-states.ts';
import { minionIdFault } from '../../../src/master/minions/minion-id.ts';

const own = 'k'.repeat(40);
const other = 'o'.repeat(40);

const record = (state: KeyState): KeyRecord => ({
  id: 'web1',
  state,
  publicKey: own,
  sinceMs: 1,
  deniedKey: null,
});

const offer = (publicKey: string, vouched = false, hasRoom = true) => ({
  id: 'web1',
  publicKey,
  nowMs: 5,
  vouched,
  hasRoom,
});

describe('a minion that shows its key', () => {
  it.each([
    ['unknown', undefined, offer(own), 'pend', 'pending'],
    ['unknown and no room', undefined, offer(own, false, false), 'full', null],
    ['unknown and vouched for', undefined, offer(own, true, false), 'accept', 'accepted'],
    ['pending', record('pending'), offer(own), 'pend', null],
    ['pending and vouched for', record('pending'), offer(own, true), 'accept', 'accepted'],
    ['accepted', record('accepted'), offer(own), 'accept', null],
    ['rejected', record('rejected'), offer(own), 'reject', null],
    ['rejected and vouched for', record('rejected'), offer(own, true), 'reject', null],
    ['rejected, with another key', record('rejected'), offer(other), 'reject', null],
    ['accepted, with another key', record('accepted'), offer(other), 'denied', 'accepted'],
    ['pending, with another key, vouched for', record('pending'), offer(other, true), 'denied', 'pending'],
  ])('%s', (_, known, shown, act, state) => {
    const decision = decideKey(known, shown);
    expect(decision.act).toBe(act);
    expect(decision.next?.state ?? null).toBe(state);
    if (known !== undefined && decision.next !== null) expect(decision.next.publicKey).toBe(own);
  });

  it('is remembered as denied once', () => {
    const { next } = decideKey(record('accepted'), offer(other));
    expect(next).toEqual({ ...record('accepted'), deniedKey: other });
    expect(decideKey(next ?? undefined, offer(other)).next).toBeNull();
  });
});

describe('minion ids', () => {
  it.each(['web1', 'web1.example.com', 'ä', 'a_b-c', 'сервер-web1', 'x'.repeat(255)])('%s is one', (id) => {
    expect(minionIdFault(id)).toBeUndefined();
  });

  it.each([
    '',
    'a/b',
    'a\\b',
    '..',
    'a..b',
    '.',
    'a b',
    'a\tb',
    'a\0b',
    'a\u200bb',
    'a\u2028b',
    // A Cyrillic e, a Greek o, a wide 1 and a combined letter that has one of its own.
    'w\u0435b1',
    'h\u03bfst',
    'web\uff11',
    'a\u0308',
    'x'.repeat(256),
  ])('%j is none', (id) => {
    expect(minionIdFault(id)).toBeTypeOf('string');
  });
});
