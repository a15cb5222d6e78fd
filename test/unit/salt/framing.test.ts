import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeSaltFrame,
  eventOf,
  FrameSplitter,
  minionSockets,
  packData,
  type SaltFrame,
  SaltStreamFault,
  saltBody,
} from '../../../src/bus/index.ts';
import { mapOf } from '../../../src/core/index.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (packed: Uint8Array): string => Buffer.from(packed).toString('hex');
const text = (frame: SaltFrame | undefined): string | undefined =>
  frame?.kind === 'body' ? Buffer.from(frame.body).toString() : frame?.kind;

describe('a frame', () => {
  const data = packData(mapOf({ foo: 'bar', n: 1, _stamp: '2024-01-02T03:04:05.678901' }));
  const plain = `82a46865616480a4626f6479c4366d792f7461670a0a${hex(data)}`;

  test('has the bytes that Salt writes', () => {
    expect(hex(encodeSaltFrame(saltBody('my/tag', data), 'plain'))).toBe(plain);
    expect(hex(encodeSaltFrame(saltBody('my/tag', data), 'prefixed'))).toBe(`00000044${plain}`);
    expect(hex(encodeSaltFrame(new Uint8Array(336), 'plain')).slice(0, 30)).toBe(
      '82a46865616480a4626f6479c50150',
    );
    expect(hex(encodeSaltFrame(new Uint8Array(70_000), 'plain')).slice(24, 34)).toBe('c600011170');
  });

  test('is read whatever its order, its head and the type of its body', () => {
    const forms = {
      'body first': '82 a4 626f6479 c4 03 616263 a4 68656164 80',
      'a head with content': '82 a4 68656164 81 a3 6d6964 05 a4 626f6479 c4 03 616263',
      'a raw string': '82 a4 68656164 80 a4 626f6479 da 0003 616263',
      'a short string': '82 a4 68656164 80 a4 626f6479 a3 616263',
      'keys as bytes': '82 c4 04 68656164 80 c4 04 626f6479 c4 03 616263',
      'a map with 16 bits of size': 'de 0002 a4 68656164 c0 a4 626f6479 c4 03 616263',
      'more members': '83 a4 68656164 80 a4 626f6479 c4 03 616263 a1 78 93 01 02 03',
    };
    for (const [name, form] of Object.entries(forms)) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes(form).length);
      for (const stream of [bytes(form), Buffer.concat([length, bytes(form)])])
        expect(new FrameSplitter().push(stream).map(text), name).toEqual(['abc']);
    }
    expect(new FrameSplitter().push(bytes('81 a4 68656164 80')).map(text)).toEqual(['empty']);
  });

  test('that is none ends the stream', () => {
    const push = (form: string) => () => new FrameSplitter().push(bytes(form));
    expect(push('c1')).toThrow(SaltStreamFault);
    expect(push('2a')).toThrow(SaltStreamFault);
    expect(push('00000002 c1c1')).toThrow(SaltStreamFault);
    expect(push('00000003 82a162')).toThrow(SaltStreamFault);
    expect(push('82 a4 68656164 c1')).toThrow(SaltStreamFault);
    expect(push('00000004 80 c0c0c0 ffffffff')).toThrow(SaltStreamFault);
    expect(push(`82 a1 78 ${'91'.repeat(600)}`)).toThrow(SaltStreamFault);
    expect(() =>
      new FrameSplitter(100).push(Buffer.concat([bytes('82a178dd00ffffff'), Buffer.alloc(200)])),
    ).toThrow(SaltStreamFault);
  });
});

describe('a stream of frames', () => {
  const framing = fc.constantFrom('plain' as const, 'prefixed' as const);
  const bodies = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 12 });

  test('gives the same bodies however it is cut', () => {
    fc.assert(
      fc.property(
        framing,
        bodies,
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (form, list, cuts) => {
          const stream = Buffer.concat(list.map((body) => encodeSaltFrame(body, form)));
          const splitter = new FrameSplitter();
          const found: string[] = [];
          for (let at = 0, i = 0; at < stream.length; i += 1) {
            const end = at + (cuts[i % cuts.length] as number);
            for (const frame of splitter.push(stream.subarray(at, end)))
              if (frame.kind === 'body') found.push(hex(frame.body));
            at = end;
          }
          expect(found).toEqual(list.map(hex));
          expect(splitter.framing).toBe(form);
        },
      ),
    );
  });

  test('passes over what is too large and goes on behind it', () => {
    for (const form of ['plain', 'prefixed'] as const) {
      const large = encodeSaltFrame(new Uint8Array(5000), form);
      const small = encodeSaltFrame(Buffer.from('small'), form);
      const stream = Buffer.concat([small, large, small, large, large, small]);
      for (const step of [1, 7, 1000, 5100, stream.length]) {
        const splitter = new FrameSplitter(1000);
        const found: (string | undefined)[] = [];
        for (let at = 0; at < stream.length; at += step)
          found.push(...splitter.push(stream.subarray(at, at + step)).map(text));
        expect(found).toEqual(['small', 'too-large', 'small', 'too-large', 'too-large', 'small']);
      }
    }
  });
});

describe('the body of an event', () => {
  const body = (tag: string, data: string): Uint8Array => saltBody(tag, bytes(data));

  test('is divided at its first two line feeds', () => {
    expect(eventOf(body('a/b', '81 a1 78 a2 0a0a'))).toEqual({
      tag: 'a/b',
      data: new Uint8Array(bytes('81a178a20a0a')),
    });
  });

  test('that is no event says why', () => {
    expect(eventOf(bytes('61 0a 62 80'))).toBe('nothing divides tag and data');
    expect(eventOf(body('', '80'))).toBe('the tag is empty');
    expect(eventOf(body('a\nb', '80'))).toBe('the tag holds a line break');
    expect(eventOf(bytes('ff 0a0a 80'))).toBe('the tag is not UTF-8');
    expect(eventOf(body('a', '93 01 02 03'))).toBe('the data is not a map');
    expect(eventOf(body('a', '81 a1'))).toBe('the data ends too early');
    expect(eventOf(body('a', '80 80'))).toBe('bytes follow the data');
  });
});

test("a minion's sockets are named by a hash of its id", () => {
  expect(minionSockets('/s', 'minion1').pub).toBe('/s/minion_event_1e9498c860_pub.ipc');
  expect(minionSockets('/s', 'web1.example.com').pull).toBe('/s/minion_event_82c1a34869_pull.ipc');
});
