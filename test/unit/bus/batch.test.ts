import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import { decodeBatch, encodeBatch, encodeEvents, unpackData } from '../../../src/bus/index.ts';
import { mapOf } from '../../../src/core/index.ts';

const packr = new Packr({ useRecords: false });
const code = (value: string): unknown => expect.objectContaining({ code: value });

test('a batch comes back whole, its bodies as windows into the message', () => {
  const head = { cause: { event: 'log-1', rule: 'r' }, depth: 1, source: 'local' };
  const events = encodeEvents(
    [
      { tag: 'a/ü', data: mapOf({ n: 1 }), head },
      { tag: 'b', data: mapOf({ n: 2 }) },
    ],
    0,
  );
  const wire = encodeBatch(events, 1_700_000_000_123);
  const batch = decodeBatch(wire, 7);
  expect(batch).toMatchObject({
    firstSeq: 7,
    atMs: 1_700_000_000_123,
    tags: ['a/ü', 'b'],
    heads: [head, null],
  });
  expect(batch.bodies.map((body) => unpackData(body).get('n'))).toEqual([1, 2]);
  expect(batch.bodies.every((body) => body.buffer === wire.buffer)).toBe(true);
});

test('a batch without heads stays without', () => {
  expect(decodeBatch(encodeBatch({ tags: [], bodies: [], heads: null }, 5), 1).heads).toBeNull();
});

test.each([
  ['no list', {}],
  ['too short', [1, [], []]],
  ['tags that are no strings', [1, [1], [new Uint8Array()], null]],
  ['bodies that are no bytes', [1, ['t'], ['b'], null]],
  ['too few bodies', [1, ['t'], [], null]],
  ['too few heads', [1, ['t'], [new Uint8Array()], []]],
  ['a time that is none', ['now', [], [], null]],
])('%s is refused', (_, raw) => {
  expect(() => decodeBatch(packr.pack(raw), 1)).toThrow(code('BAD_MESSAGE'));
});

test('bytes that are no message are refused', () => {
  expect(() => decodeBatch(new Uint8Array([0xd4, 0x72, 0x40, 0x91]), 1)).toThrow(code('BAD_MESSAGE'));
});
