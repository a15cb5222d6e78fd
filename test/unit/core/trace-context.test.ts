import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRecorded,
  mapOf,
  readHead,
  spanIdFor,
  spanIdOf,
  spanUnder,
  traceContext,
  traceFrom,
  traceFromValue,
  traceIdOf,
  traceOfData,
  traceToValue,
  under,
} from '../../../src/core/index.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';
const parent = `00-${trace}-${span}-01`;

describe('a trace context', () => {
  it('is read with its ids, its flag and the state of those before', () => {
    const context = traceContext(parent, 'congo=t61rcWkgMzE');
    expect(context).toEqual({ parent, state: 'congo=t61rcWkgMzE' });
    expect(context && [traceIdOf(context), spanIdOf(context), isRecorded(context)]).toEqual([
      trace,
      span,
      true,
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['a number', 7],
    ['words', 'abc'],
    ['capital letters', parent.toUpperCase()],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['the version that is forbidden', parent.replace(/^00/, 'ff')],
    ['more behind version 00', `${parent}-more`],
    ['another line', `${parent}\nx`],
  ])('is not %s', (_, given) => {
    expect(traceContext(given)).toBeUndefined();
  });

  it('of a later version is read as version 00, and unknown flags are dropped', () => {
    expect(traceContext(`cc-${trace}-${span}-fd-what-comes`)?.parent).toBe(`00-${trace}-${span}-01`);
    expect(traceContext(`00-${trace}-${span}-00`)).toSatisfy((context) => !isRecorded(context as never));
  });

  it.each([['x'.repeat(513)], ['a=ü'], ['a=1\nb: 2'], [7]])('loses a bad state (%#) and stays', (state) => {
    expect(traceContext(parent, state)).toEqual({ parent });
  });

  it('is taken from data where Salt 3008 puts it', () => {
    expect(traceOfData(mapOf({ traceparent: parent, tracestate: 'a=1' }))).toEqual({ parent, state: 'a=1' });
    expect(traceOfData(mapOf({ traceparent: 'x' }))).toBeUndefined();
    expect(traceOfData(mapOf({ data: mapOf({ traceparent: parent }) }))).toBeUndefined();
  });

  it('travels in the head of an event and as a value', () => {
    const head = readHead(mapOf({ source: 'local', trace: mapOf({ parent, state: 'a=1' }) }));
    expect(head).toEqual({ source: 'local', trace: { parent, state: 'a=1' } });
    expect(readHead(mapOf({ trace: mapOf({ parent: 'forged' }) }))).toEqual({});
    expect(traceFromValue(traceToValue({ parent }))).toEqual({ parent });
  });

  it('never throws, and what it takes it writes in the form of version 00', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f-]{50,60}$/), fc.anything()), (given) => {
        const context = traceContext(given as never);
        return context === undefined || /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/.test(context.parent);
      }),
    );
  });
});

describe('a span', () => {
  it('of the same thing has the same id, of another one another', () => {
    expect(spanIdFor('decision', 'l-1', 'heal')).toBe(spanIdFor('decision', 'l-1', 'heal'));
    expect(spanIdFor('decision', 'l-1', 'heal')).not.toBe(spanIdFor('event', 'l-1', 'heal'));
    expect(spanIdFor('return', 'ab', 'c')).not.toBe(spanIdFor('return', 'a', 'bc'));
  });

  const facts = {
    id: spanIdFor('job', '1'),
    name: 'job',
    type: 'producer',
    startMs: 1,
    endMs: 2,
    fields: {},
  } as const;

  it('stands under its context, with the state handed on', () => {
    expect(spanUnder({ parent, state: 'a=1' }, facts)).toMatchObject({
      trace: { parent: `00-${trace}-${facts.id}-01`, state: 'a=1' },
      parent: span,
    });
  });

  it('is not made where nobody records', () => {
    expect(spanUnder({ parent: parent.replace(/1$/, '0') }, facts)).toBeNull();
    expect(spanUnder(undefined, facts)).toBeNull();
  });
});

describe('a trace that begins with an event', () => {
  it('is the same each time, and its first span has no parent', () => {
    const begun = traceFrom('l-7', 1);
    expect(begun).toEqual(traceFrom('l-7', 1));
    const id = spanIdFor('event', 'l-7');
    expect(begun && spanIdOf(begun)).toBe(id);
    expect(begun && under(begun, id)).toEqual(begun);
    expect(
      spanUnder(begun, { id, name: 'event', type: 'consumer', startMs: 1, endMs: 1, fields: {} })?.parent,
    ).toBeNull();
  });

  it('begins for the share that is asked for', () => {
    const begun = Array.from({ length: 2000 }, (_, i) => traceFrom(`l-${i}`, 0.25)).filter(Boolean).length;
    expect(begun).toBeGreaterThan(400);
    expect(begun).toBeLessThan(600);
    expect(traceFrom('l-1', 0)).toBeUndefined();
  });
});
