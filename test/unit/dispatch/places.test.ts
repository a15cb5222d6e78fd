import { expect, test } from 'vitest';
import { mapOf, type Outcome, type Value } from '../../../src/core/index.ts';
import { Places } from '../../../src/dispatch/places.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { entryOf } from './support.ts';

function placesOf(): Places {
  const plane = { submit: () => Promise.resolve([]) };
  const limits = { clock: new VirtualClock(), plane, limitOf: () => 2, leaseMs: 3_600_000 };
  return new Places({ ...limits, onFree: () => undefined });
}

const ran = (jid: string, detail: Value = null): Outcome => ({ ok: true, repeated: false, jid, detail });
const other = '20261122170000000001';

test('what runs under another id than its own gives its place back when that ends', () => {
  const places = placesOf();
  const [one, two] = [entryOf(1), entryOf(2)];
  for (const entry of [one, two]) places.take(entry);
  for (const entry of [one, two]) places.answered(entry, ran(other));
  expect(places.free('r')).toBe(0);
  places.saw([`salt/run/${one.reaction.jid}x/ret`, `salt/run/${other}/new`]);
  expect(places.free('r')).toBe(0);
  places.saw([`salt/run/${other}/ret`]);
  expect(places.free('r')).toBe(2);
  places.stop();
});

test('what has returned with its outcome holds no place', () => {
  const places = placesOf();
  const entry = entryOf(1);
  places.take(entry);
  places.answered(entry, ran(other, mapOf({ return: true })));
  expect(places.free('r')).toBe(2);
  places.stop();
});
