import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../../src/core/index.ts';
import { compileSls } from '../../../../src/render/index.ts';
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
    { numRuns: 2_000 },
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

const env = { stepsMax: 1_000_000, bytesMax: 1 << 24, load: () => null };

/** How the same template looks as Jinja: slots as expressions, some of them behind control blocks and filters. */
function asJinja(pieces: readonly Piece[]): string {
  const expressions = [
    (name: string) => `{{ ${name} }}`,
    (name: string) => `{% if true %}{{- ${name} -}}{% endif %}`,
    (name: string) => `{{data['${name}']}}`,
    (name: string) => `{% for x in [${name}] %}{{ x }}{% endfor %}`,
    (name: string) => `{{ ${name} | default('never') }}`,
  ];
  let slots = 0;
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      slots += 1;
      return (expressions[(slots + piece) % expressions.length] as (name: string) => string)(`v${piece}`);
    })
    .join('');
}

test('the same holds for Jinja templates', () => {
  fc.assert(
    fc.property(template, data, (part, hostile) => {
      const text = `${asJinja(part.write(''))}\n`;
      const compiled = compileSls({ file: 'law.sls', text }, env);
      if (!compiled.ok) throw new Error(`${text}: ${compiled.problems[0]?.message ?? ''}`);
      const render = (values: readonly Value[]): Value => {
        const names = values.map((value, index): [string, Value] => [`v${index}`, value]);
        const rendered = compiled.value.render(new Map<string, Value>([...names, ['data', new Map(names)]]));
        if (!rendered.ok) throw new Error(`${text}: ${rendered.problems[0]?.message ?? ''}`);
        return rendered.value;
      };
      const value = render(hostile);
      expect(value).toEqual(part.mean(hostile));
      expect(shapeOf(value)).toEqual(shapeOf(render(hostile.map(harmless))));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);
