import { expect, test } from 'vitest';
import { MsgpackReader } from '../../../src/bus/codec/reader.ts';
import { MsgpackWriter } from '../../../src/bus/codec/writer.ts';
import type { Value } from '../../../src/core/index.ts';

const values: readonly (readonly [string, Value])[] = [
  ['a byte', true],
  ['nothing', null],
  ['a float', 1.5],
  ['a number', 70_000],
  ['a large number', 1n << 60n],
  ['a large negative number', -(1n << 60n)],
  ['a short text', 'abc'],
  ['a text that is not ASCII', 'äöü'],
  ['bytes', new Uint8Array([1, 2, 3])],
  ['a list', [1, 2, 3]],
  ['a map', new Map<Value, Value>([['a', 1]])],
];

/** Where the writer makes its memory larger. */
const sizes = [8192, 16_384, 32_768];

test.each(values)('%s is written whole wherever the memory has to grow', (_, value) => {
  for (const size of sizes)
    for (let before = size - 24; before <= size + 2; before += 1) {
      const writer = new MsgpackWriter();
      const list: Value[] = ['x'.repeat(before), value, 'end'];
      writer.value(list);
      expect(new MsgpackReader(writer.take()).whole()).toEqual(list);
    }
});
