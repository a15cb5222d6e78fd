import fc from 'fast-check';
import { scalarExpression, structureExpression } from './expression-text.ts';

/** Lines of YAML, indented from where they stand. */
export type Lines = readonly string[];

export function indented(lines: Lines, by: number): string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));
}

/** One in `rarity` of them is there, the others are null. */
export function sometimes<T>(arbitrary: fc.Arbitrary<T>, rarity: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: rarity - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** `{{ x }}` as people write it. */
export const output: fc.Arbitrary<string> = fc
  .tuple(scalarExpression, fc.nat(9))
  .map(([text, which]) => (which < 8 ? `{{ ${text} }}` : `{{${text}}}`));

const structure: fc.Arbitrary<string> = structureExpression.map((text) => `{{ ${text} }}`);

/** Scalars as most files write them. */
const usual: fc.Arbitrary<string> = fc.constantFrom(
  'web1',
  "'*'",
  '"web*"',
  'nginx',
  'pkg.installed',
  '5',
  'true',
  "''",
  'a b  c',
  'a:b',
  'os:Debian',
  "'G@os:Debian and web*'",
  'http://h/p?q=1#f',
  'x # comment',
  '[]',
  '[a, b]',
  '{a: 1}',
  "{'a': 'b'}",
);

/** Plain scalars whose type is YAML 1.1's or Salt's own. */
const typed: fc.Arbitrary<string> = fc.constantFrom(
  '0755',
  '1.0',
  '1e3',
  '1.5e+3',
  '0x1F',
  '0b11',
  '0o17',
  '1_000',
  '12:30',
  '12:30:45.5',
  'yes',
  'No',
  'on',
  'y',
  'TRUE',
  'null',
  '~',
  '""',
  '.inf',
  '.5',
  '+12',
  '-3',
  '2024-02-03',
  '2024-02-03 10:00:00',
  '=',
  'G@os:Debian and web*',
  "'it''s'",
  '"tab\\t\\x41\\u00e9"',
  "'# no comment'",
  '!!str 5',
  '00',
  '1__0',
  '0.',
  '1:2:3',
  '-0x1f',
  '9007199254740993',
  '123456789012345678901234567890',
  '.NaN',
  'None',
  'a, b',
  '[{a: 1}, {b: 2}]',
  '[1, yes, ~, "x"]',
);

/** What YAML refuses, or nearly. */
const odd: fc.Arbitrary<string> = fc.constantFrom(
  '"multi',
  '!unknown x',
  '%x',
  '@x',
  '*x',
  '&a x',
  '-',
  '- x',
  '? x',
  'a: b',
  '[1, 2',
  '08',
  '<<',
  '{}',
  '!!int x',
  '`x`',
  '{a, b}',
  '{? a : b}',
);

const constant: fc.Arbitrary<string> = fc.oneof(
  { weight: 50, arbitrary: usual },
  { weight: 50, arbitrary: typed },
  { weight: 1, arbitrary: odd },
);

const mixed: fc.Arbitrary<string> = fc
  .tuple(
    output,
    output,
    fc.constantFrom('web-', 'a.', '', 'x ', '/srv/', 'n=', 'é'),
    fc.constantFrom('', '-end', ' y', '.conf', ':80'),
    fc.constantFrom<readonly [string, string]>(['', ''], ["'", "'"], ['"', '"']),
    fc.boolean(),
  )
  .map(
    ([one, two, before, after, [open, close], both]) =>
      `${open}${before}${one}${both ? `_${two}` : ''}${after}${close}`,
  );

const flow: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.oneof(
        output,
        mixed.filter((text) => !text.includes(', ')),
        constant,
      ),
      { maxLength: 3 },
    ),
    fc.nat(2),
  )
  .map(([items, kind]) => {
    if (kind === 0) return `[${items.join(', ')}]`;
    if (kind === 1) return `{ ${items.map((item, index) => `k${index}: ${item}`).join(', ')} }`;
    return `[${items.map((item) => `{a: ${item}}`).join(',')}]`;
  });

const block: fc.Arbitrary<Lines> = fc
  .tuple(
    fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2'),
    fc.array(fc.oneof(output, mixed, fc.constantFrom('', 'plain text', '# no comment', '- x', 'a: b')), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([style, lines]) => [style, ...indented(lines, 2)]);

/** What stands behind `key:` or `-`; the first line there, the others below it. */
export const value: fc.Arbitrary<Lines> = fc.oneof(
  { weight: 8, arbitrary: output.map((text) => [text]) },
  { weight: 6, arbitrary: constant.map((text) => [text]) },
  { weight: 5, arbitrary: mixed.map((text) => [text]) },
  { weight: 3, arbitrary: structure.map((text) => [text]) },
  { weight: 2, arbitrary: flow.map((text) => [text]) },
  { weight: 2, arbitrary: block },
);

const key: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      'name',
      'mods',
      'pillar',
      'pkg',
      'fromrepo',
      'x',
      'test',
      'a b',
      "'q'",
      '5',
      'saltenv',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('yes', '"{{ data.id }}"', '{{ data.n }}', 'k_{{ data.act }}', '1.5', '~'),
  },
);

/** Maps and lists below a key, as people write them: nested, with lists on the level of their key. */
export const nested: fc.Arbitrary<Lines> = fc.letrec<{ map: Lines; list: Lines; inner: Lines }>((tie) => ({
  inner: fc.oneof(
    { maxDepth: 2 },
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: tie('map') },
    { weight: 1, arbitrary: tie('list') },
  ),
  map: fc
    .tuple(
      fc.uniqueArray(fc.tuple(key, tie('inner')), { selector: ([name]) => name, minLength: 1, maxLength: 3 }),
      fc.constantFrom(2, 4),
    )
    .map(([pairs, by]) => ['', ...pairs.flatMap(([name, lines]) => below(`${name}:`, lines, by))]),
  list: fc
    .tuple(fc.array(tie('inner'), { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 2))
    .map(([items, by]) => ['', ...items.flatMap((lines) => below('-', lines, by + 2))]),
})).inner;

/** `head` and what belongs to it. */
export function below(head: string, [first = '', ...rest]: Lines, by: number): string[] {
  return [first === '' ? head : `${head} ${first}`, ...indented(rest, by)];
}
