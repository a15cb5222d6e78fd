import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joined } from '../../../src/http/events/frames.ts';

it('joins frames, whatever was joined before', () => {
  const pool = Array.from({ length: 6 }, (_, i) => Buffer.from(`frame ${i}\n`));
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), { maxLength: 40 }), (asked) => {
      for (const numbers of asked) {
        const parts = numbers.map((number) => pool[number] as Buffer);
        expect(joined(parts).equals(Buffer.concat(parts))).toBe(true);
      }
    }),
  );
});

it('gives readers at one place one and the same buffer', () => {
  const parts = [Buffer.from('a'), Buffer.from('b')];
  expect(joined([...parts])).toBe(joined([...parts]));
  expect(joined([...parts, Buffer.from('c')])).not.toBe(joined(parts));
});
