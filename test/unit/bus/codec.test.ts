import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Packr, Unpackr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import {
  encodeEvents,
  isMapBytes,
  mapFault,
  packData,
  packValue,
  unpackData,
  unpackValue,
} from '../../../src/bus/index.ts';
import { fromPlain, mapOf, PyFloat, PyTuple, type Value, type ValueMap } from '../../../src/core/index.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (packed: Uint8Array): string => Buffer.from(packed).toString('hex');
const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('what Salt writes', () => {
  const vector = bytes(
    '83 a3 666f6f a3 626172 a1 6e 01 a6 5f7374616d70 ba 323032342d30312d30325430333a30343a30352e363738393031',
  );
  const data = mapOf({ foo: 'bar', n: 1, _stamp: '2024-01-02T03:04:05.678901' });

  test('is read and written byte for byte', () => {
    expect(unpackData(vector)).toEqual(data);
    expect(hex(packData(data))).toBe(hex(vector));
  });

  test('keeps ints, floats, null keys and bytes apart', () => {
    const map: ValueMap = new Map<Value, Value>([
      [1, 'int key'],
      [null, 'null key'],
      ['float', new PyFloat(1)],
      ['half', 0.5],
      ['minus', -1],
      ['milliseconds', 1_700_000_000_000],
      ['bytes', new Uint8Array([0, 255])],
      ['list', [true, false, null]],
    ]);
    expect(unpackData(packData(map))).toEqual(map);
    expect([...unpackData(packData(map)).keys()]).toEqual([...map.keys()]);
  });

  test('turns dates into text and named constants into their value', () => {
    const text = Buffer.from('20240102T03:04:05.678901').toString('hex');
    expect(unpackValue(bytes(`c7 18 4e ${text}`))).toBe('2024-01-02T03:04:05.678901');
    expect(unpackValue(bytes('c7 07 4f 92 a4 6e616d65 05'))).toBe(5);
    expect(unpackValue(bytes('d4 07 01'))).toEqual(new Uint8Array([1]));
  });

  test('survives the way there and back for recorded events', () => {
    const lines = readFileSync(new URL('salt-events.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    for (const line of lines) {
      const event = fromPlain(JSON.parse(line)) as ValueMap;
      const body = packData(event.get('data') as ValueMap);
      expect(unpackData(body)).toEqual(event.get('data'));
      expect(mapFault(body)).toBeUndefined();
    }
    expect(lines.length).toBeGreaterThan(10);
  });
});

describe('numbers', () => {
  test.each([
    ['00', 0],
    ['7f', 127],
    ['cc80', 128],
    ['cd0100', 256],
    ['ce00010000', 65_536],
    ['ceffffffff', 4_294_967_295],
    ['cf0000000100000000', 4_294_967_296],
    ['ff', -1],
    ['e0', -32],
    ['d0df', -33],
    ['d1ff7f', -129],
    ['d2ffff7fff', -32_769],
    ['d3ffffffff7fffffff', -2_147_483_649],
    ['cfffffffffffffffff', 2n ** 64n - 1n],
    ['d38000000000000000', -(2n ** 63n)],
  ])('%s is %s', (packed, value) => {
    expect(hex(packValue(value))).toBe(packed);
    expect(unpackValue(bytes(packed))).toBe(value);
  });

  test('beyond 64 bits are decimal strings, as Salt sends them', () => {
    expect(unpackValue(packValue(2n ** 64n))).toBe('18446744073709551616');
    expect(unpackValue(packValue(-(2n ** 63n) - 1n))).toBe('-9223372036854775809');
  });

  test('that are floats stay floats', () => {
    expect(hex(packValue(new PyFloat(1)))).toBe('cb3ff0000000000000');
    expect(unpackValue(bytes('cb3ff0000000000000'))).toEqual(new PyFloat(1));
    expect(unpackValue(bytes('ca3f800000'))).toEqual(new PyFloat(1));
    expect(unpackValue(packValue(new PyFloat(Number.NaN)))).toEqual(new PyFloat(Number.NaN));
    expect(unpackValue(packValue(1e300))).toEqual(new PyFloat(1e300));
  });
});

test('tuples travel as lists', () => {
  expect(unpackValue(packValue(new PyTuple([1, 'a'])))).toEqual([1, 'a']);
});

describe('hostile data', () => {
  test.each([
    ['nothing', ''],
    ['a list', '90'],
    ['a scalar', '01'],
    ['bytes behind it', '8000'],
    ['a map without its members', '81'],
    ['a string without its bytes', '81a16181'],
    ['a map of four thousand million', 'dfffffffff'],
    ['a list of four thousand million', '81a161ddffffffff'],
    ['the byte that begins nothing', '81a161c1'],
    ['broken UTF-8', '81a161a2c328'],
    ['broken UTF-8 in a key', '81a1ff01'],
    ['an overlong form', '81a161a2c080'],
    ['a surrogate', '81a161a3eda080'],
    ['a list as a key', '819001'],
  ])('%s is refused', (_, packed) => {
    expect(() => unpackData(bytes(packed))).toThrow(code('BAD_EVENT'));
  });

  test('a replacement character that is meant stays', () => {
    expect(unpackValue(packValue('a\ufffdb'))).toBe('a\ufffdb');
  });

  test('nesting without end is refused, not overflowed', () => {
    const deep = bytes(`81a161${'91'.repeat(100_000)}c0`);
    expect(() => unpackData(deep)).toThrow(code('BAD_EVENT'));
    expect(mapFault(deep)).toMatch(/nested/);
    const loop: Value[] = [];
    loop.push(loop);
    expect(() => packData(mapOf({ loop }))).toThrow(code('BAD_EVENT'));
    expect(hex(packValue(1))).toBe('01');
  });

  test('the walk and the reader agree on what is whole', () => {
    const anything = fc.uint8Array({ maxLength: 24 });
    fc.assert(
      fc.property(anything, (tail) => {
        const packed = new Uint8Array([0x81, 0xa1, 0x61, ...tail]);
        const readable = !throws(() => unpackData(packed));
        if (readable) expect(mapFault(packed)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  test('whatever is cut off is refused by both', () => {
    fc.assert(
      fc.property(anyMap, fc.nat(), (map, cut) => {
        const whole = packData(map);
        const part = whole.subarray(0, cut % whole.length);
        expect(mapFault(whole)).toBeUndefined();
        expect(mapFault(part)).toBeDefined();
        expect(throws(() => unpackData(part))).toBe(true);
      }),
    );
  });
});

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 30, maxLength: 300 }),
  fc.uint8Array(),
  fc.double({ noInteger: true, noDefaultInfinity: true, noNaN: true }),
  fc.integer().map((whole) => new PyFloat(whole)),
);
const key = fc.oneof(fc.string({ unit: 'binary' }), fc.integer());
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(scalar, { maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 4 })
      .map((entries): Value => new Map<Value, Value>(entries)),
  ),
}));
const anyMap = fc
  .dictionary(fc.string(), anyValue)
  .map((record): ValueMap => new Map(Object.entries(record)));

describe('laws', () => {
  test('every value comes back as it was', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(unpackValue(packValue(value))).toEqual(value);
      }),
    );
  });

  test('msgpackr reads what we write, and we read what it writes', () => {
    const packr = new Packr({ useRecords: false, mapsAsObjects: false, moreTypes: false });
    const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false });
    const common = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    );
    fc.assert(
      fc.property(common, (record) => {
        const map: ValueMap = new Map(Object.entries(record));
        expect(unpackr.unpack(packData(map))).toEqual(map);
        expect(unpackData(packr.pack(map))).toEqual(map);
      }),
    );
  });
});

describe('encodeEvents', () => {
  test('adds a stamp where there is none and leaves the data of the caller alone', () => {
    const data = mapOf({ a: 1 });
    const { bodies, heads } = encodeEvents(
      [
        { tag: 't', data },
        { tag: 'u', data: mapOf({ _stamp: 'x' }) },
      ],
      0,
    );
    expect(unpackData(bodies[0] as Uint8Array)).toEqual(
      mapOf({ a: 1, _stamp: '1970-01-01T00:00:00.000000+00:00' }),
    );
    expect(unpackData(bodies[1] as Uint8Array)).toEqual(mapOf({ _stamp: 'x' }));
    expect(data.size).toBe(1);
    expect(heads).toBeNull();
  });

  test('keeps heads beside their events', () => {
    const head = { depth: 2 };
    const { heads } = encodeEvents(
      [
        { tag: 't', data: new Map() },
        { tag: 'u', data: new Map(), head },
      ],
      0,
    );
    expect(heads).toEqual([null, head]);
  });

  test.each(['', 'a\nb', 'a\0b', 'x'.repeat(5000)])('refuses the tag %j', (tag) => {
    expect(() => encodeEvents([{ tag, data: new Map() }], 0)).toThrow(code('BAD_EVENT'));
  });
});

test('a map is known by its first byte', () => {
  expect(['80', '8f', 'de0000', 'df00000000'].every((packed) => isMapBytes(bytes(packed)))).toBe(true);
  expect(['', '90', 'a0', 'c0', 'dc0000', '7f'].some((packed) => isMapBytes(bytes(packed)))).toBe(false);
});

function throws(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}
