import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBatch } from '../../../src/bus/codec/batch.ts';
import { takeOver, UnreadEvents } from '../../../src/bus/codec/packed.ts';
import { checkEvents } from '../../../src/bus/events/intake.ts';
import { encodeBatch, encodeEvents } from '../../../src/bus/index.ts';
import { fromPlain, isMap, type OutgoingEvent, type ValueMap } from '../../../src/core/index.ts';

const bytesMax = 2000;

const dataOf = (plain: Record<string, unknown>): ValueMap => {
  const value = fromPlain(plain);
  return isMap(value) ? value : new Map();
};
const tag = fc.stringMatching(/^[ -~]{1,60}$/);
const data = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }).map(dataOf);
const events = fc.array(fc.record({ tag, data }), { minLength: 1, maxLength: 40 });

const packed = (list: readonly OutgoingEvent[]): Uint8Array => encodeBatch(encodeEvents(list, 0), 1.7e12);

test('what is taken over reads like what was decoded', () => {
  fc.assert(
    fc.property(events, (list) => {
      const payload = packed(list);
      const taken = takeOver(payload, bytesMax);
      const decoded = decodeBatch(payload, 0);
      if (decoded.bodies.some((body) => body.length > bytesMax)) return expect(taken).toBeNull();
      if (taken === null) throw new Error('it was not taken over');
      const read = new UnreadEvents({ ...taken, head: { source: 'local' } });
      expect(taken.count).toBe(list.length);
      expect(read.bodies.map((body) => Buffer.from(body).toString('hex'))).toEqual(
        decoded.bodies.map((body) => Buffer.from(body).toString('hex')),
      );
      expect(read.tags).toEqual(decoded.tags);
      expect(read.heads).toEqual(list.map(() => ({ source: 'local' })));
    }),
  );
});

test('nothing is taken over that the decoder or the check would refuse', () => {
  const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(events, fc.array(change, { maxLength: 3 }), fc.nat(), (list, changes, cut) => {
      const payload = Buffer.from(packed(list));
      for (const { at, to } of changes) payload[at % payload.length] = to;
      const bytes = cut % 4 === 0 ? payload.subarray(0, cut % payload.length) : payload;
      const taken = takeOver(bytes, bytesMax);
      if (taken === null) return;
      const decoded = decodeBatch(bytes, 0);
      expect(decoded.tags).toHaveLength(taken.count);
      expect(checkEvents(decoded, bytesMax).refused).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['a tag that is not printable ASCII', [{ tag: 'ü', data: new Map() }]],
  ['an empty tag', [{ tag: '', data: new Map() }]],
  ['a line break in a tag', [{ tag: 'a\nb', data: new Map() }]],
  ['a head', [{ tag: 'a', data: new Map(), head: { depth: 1 } }]],
  ['no events', []],
])('%s is left to the decoder', (_, list: readonly OutgoingEvent[]) => {
  const tags = list.map((event) => event.tag);
  const { bodies, heads } = encodeEvents(
    list.map((event) => ({ ...event, tag: 't' })),
    0,
  );
  expect(takeOver(encodeBatch({ tags, bodies, heads }, 1.7e12), bytesMax)).toBeNull();
});
