import fc from 'fast-check';
import { PyTuple, type Value, type ValueMap } from '../../../../src/core/index.ts';
import { pyStr } from '../../../../src/render/python/index.ts';
import { resolvePlain } from '../../../../src/render/yaml/index.ts';

/** Text of the author, or the number of a slot. */
export type Piece = string | number;

/** A generated YAML template: how it is written, and what it must mean for given data. */
export interface Part {
  /** Lines as pieces; the first one stands behind a key or a dash. `inline` fits into brackets. */
  write(indent: string): Piece[];
  mean(data: readonly Value[]): Value;
  readonly inline: boolean;
  /** Whether it leaves nothing of itself in the text. */
  isEmpty?(data: readonly Value[]): boolean;
}

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      `x'}]}]\nevil:\n  runner.salt.cmd: [{args: [{fun: 'cmd.run'}]}]`,
      `"}\n- local.cmd.run:\n    - tgt: '*'`,
      '{{ 7 * 7 }}{% set x = 1 %}{# #}',
      '\x00\x01\x02\x03\x7f\x85\u2028\ufeff\ud800',
      '\x01',
      '\x010\x02',
      'yes',
      'No',
      '0755',
      '1e3',
      '12:30',
      '~',
      'null',
      '',
      ' ',
      '\n',
      '  lead',
      'trail  ',
      '<<',
      '=',
      '.inf',
      '0x1f',
      '20240203100010123456',
      '1.5',
      '-',
      '---',
      '...',
      '# comment',
      'a # b',
      'key: value',
      '- item',
      '[a, b]',
      '{a: b}',
      '&anchor',
      '*alias',
      '!!python/object/apply:os.system',
      '!tag',
      '%TAG',
      '@at',
      '`tick',
      '|',
      '>',
      '?',
      ':',
      ',',
      "it's",
      '"quoted"',
      '\\n\\x41',
      'a\tb',
      'line\r\nline',
      '😀é',
    ),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ':',
          ' ',
          '\n',
          '-',
          '"',
          "'",
          '#',
          '\x01',
          'a',
          '1',
          '&',
          '*',
          '!',
          '|',
        ),
        { maxLength: 12 },
      )
      .map((units) => units.join('')),
  },
);

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.constantFrom<Value>(null, true, false, 0, -3, 1.5, 10n ** 20n) },
);

export const hostileValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(hostileText, tie('value')), { maxLength: 3 })
        .map((pairs): Value => new Map(pairs)),
    },
  ),
})).value;

/** Data of the same shape without anything to fear. */
export function harmless(value: Value): Value {
  // Brackets may end with nothing, which is no item then.
  if (typeof value === 'string') return value === '' ? '' : 'harmless';
  if (Array.isArray(value)) return value.map(harmless);
  if (!(value instanceof Map)) return value;
  return new Map(
    [...value].map(([key, item], index) => [typeof key === 'string' ? `k${index}` : key, harmless(item)]),
  );
}

/** What remains of a value when every leaf and every key is forgotten. */
export function shapeOf(value: Value): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value instanceof PyTuple) return value.items.map(shapeOf);
  return value instanceof Map ? { map: [...value.values()].map(shapeOf) } : 'leaf';
}

const asText = (value: Value): string => pyStr(value, { saltPrint: true });

function printedNone(value: Value): Value {
  if (value === null) return 'None';
  if (Array.isArray(value)) return value.map(printedNone);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [key, printedNone(item)]));
}

const word: fc.Arbitrary<string> = fc.constantFrom('a', 'web-', 'x y', 'p.q', 'é');
const slot: fc.Arbitrary<number> = fc.nat({ max: 3 });

const sole: fc.Arbitrary<Part> = slot.map((index) => ({
  inline: true,
  write: () => [index],
  isEmpty: (data) => data[index] === '',
  mean: (data) => {
    const value = data[index] as Value;
    return typeof value === 'string' ? resolvePlain(value) : printedNone(value);
  },
}));

const constants: readonly (readonly [string, Value])[] = [
  ['text', 'text'],
  ['yes', true],
  ['0755', 755],
  ["'q'", 'q'],
  ['[a, b]', ['a', 'b']],
  ['~', null],
];

const constant: fc.Arbitrary<Part> = fc.constantFrom(...constants).map(([text, value]) => ({
  inline: true,
  write: () => [text],
  mean: () => value,
}));

/** Slots among words: how the whole is quoted, and how the author's text looks inside the quotes. */
const mixed: fc.Arbitrary<Part> = fc
  .record({
    style: fc.constantFrom('plain', 'single', 'double', 'literal', 'folded', 'lines'),
    slots: fc.array(slot, { minLength: 1, maxLength: 3 }),
    first: word,
    between: word,
  })
  .map(({ style, slots, first, between }) => ({
    inline: style === 'plain' || style === 'single' || style === 'double',
    write: (indent) => {
      const body: Piece[] = [first];
      for (const index of slots) body.push(index, style === 'lines' ? `\n${indent}  ${between}` : between);
      if (style === 'single') return ["'it''s ", ...body, "'"];
      if (style === 'double') return ['"tab\\t\\x01 ', ...body, '"'];
      if (style === 'literal') return [`|\n${indent}  `, ...body, `\n${indent}  end`];
      if (style === 'folded') return [`>-\n${indent}  `, ...body, `\n${indent}  end`];
      return body;
    },
    mean: (data) => {
      const join = style === 'lines' ? ` ${between}` : between;
      const text = first + slots.map((index) => asText(data[index] as Value) + join).join('');
      if (style === 'single') return `it's ${text}`;
      if (style === 'double') return `tab\t\x01 ${text}`;
      if (style === 'literal') return `${text}\nend\n`;
      return style === 'folded' ? `${text} end` : resolvePlain(text);
    },
  }));

function inBrackets(parts: readonly Part[], asMap: boolean): Part {
  return {
    inline: true,
    write: (indent) => [
      asMap ? '{ ' : '[ ',
      ...parts.flatMap((part, index) => [
        index === 0 ? '' : ', ',
        asMap ? `f${index}: ` : '',
        ...part.write(indent),
      ]),
      asMap ? ' }' : ' ]',
    ],
    mean: (data) => {
      const items = parts.map((part) => part.mean(data));
      if (asMap) return new Map(items.map((item, index): [Value, Value] => [`f${index}`, item]));
      return parts.at(-1)?.isEmpty?.(data) === true ? items.slice(0, -1) : items;
    },
  };
}

function inLines(
  parts: readonly { part: Part; key: number | null; comment: number | null }[],
  asMap: boolean,
): Part {
  return {
    inline: false,
    write: (indent) =>
      parts.flatMap(({ part, key, comment }, index) => [
        ...(comment === null ? [] : [`\n${indent}# `, comment]),
        `\n${indent}`,
        ...(asMap ? (key === null ? [`k${index}:`] : [`k${index}_`, key, ':']) : ['-']),
        ' ',
        ...part.write(`${indent}  `),
      ]),
    mean: (data) => {
      const items = parts.map(({ part }) => part.mean(data));
      if (!asMap) return items;
      const map: ValueMap = new Map();
      for (const [index, { key }] of parts.entries()) {
        map.set(
          key === null ? `k${index}` : `k${index}_${asText(data[key] as Value)}`,
          items[index] as Value,
        );
      }
      return map;
    },
  };
}

/** Templates: block maps and lists, brackets, every scalar style, slots in keys and comments. */
export const template: fc.Arbitrary<Part> = fc.letrec<{ part: Part; leaf: Part; block: Part }>((tie) => ({
  leaf: fc.oneof(
    { weight: 4, arbitrary: sole },
    { weight: 4, arbitrary: mixed },
    { weight: 1, arbitrary: constant },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.array(
            fc.oneof(
              sole,
              mixed.filter((part) => part.inline),
            ),
            { minLength: 1, maxLength: 3 },
          ),
          fc.boolean(),
        )
        .map(([parts, asMap]) => inBrackets(parts, asMap)),
    },
  ),
  block: fc
    .tuple(
      fc.array(
        fc.record({
          part: tie('part'),
          key: fc.option(slot, { freq: 4 }),
          comment: fc.option(slot, { freq: 5 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fc.boolean(),
    )
    .map(([parts, asMap]) => inLines(parts, asMap)),
  part: fc.oneof({ maxDepth: 2 }, tie('leaf'), tie('block')),
})).block;
