import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../../src/core/index.ts';
import { prepare } from './driver.ts';
import { harmless, hostileValue, type Part, type Piece, shapeOf, template } from './generated.ts';

const data = fc.tuple(hostileValue, hostileValue, hostileValue, hostileValue);

function play(part: Part, values: readonly Value[]): Value {
  const literals: string[] = [''];
  const slots: Value[] = [];
  for (const piece of part.write('') as Piece[]) {
    if (typeof piece === 'string') literals[slots.length] += piece;
    else {
      slots.push(values[piece] as Value);
      literals.push('');
    }
  }
  literals[slots.length] += '\n';
  const rendered = prepare({ literals, slots });
  if (!rendered.ok) throw new Error(`${JSON.stringify(literals)}: ${rendered.problems[0]?.message ?? ''}`);
  return rendered.value;
}

test("whatever the data holds, the structure is the template's and every leaf is the data", () => {
  fc.assert(
    fc.property(template, data, (part, hostile) => {
      const value = play(part, hostile);
      expect(value).toEqual(part.mean(hostile));
      expect(shapeOf(value)).toEqual(shapeOf(play(part, hostile.map(harmless))));
    }),
    { numRuns: 10_000 },
  );
}, 60_000);

test('a megabyte and deep nesting pass through', () => {
  const long = `x'}]\n`.repeat(200_000);
  let deep: Value = null;
  for (let level = 0; level < 1000; level += 1) deep = level % 2 === 0 ? [deep] : new Map([['k', deep]]);
  fc.assert(
    fc.property(template, (part) => {
      const value = play(part, [long, long, deep, long]);
      expect(shapeOf(value)).toEqual(shapeOf(play(part, ['x', 'y', deep, 'z'])));
    }),
    { numRuns: 30 },
  );
});
