import fc from 'fast-check';
import { filters, tests } from '../expressions/filters.ts';
import { methodTables } from '../expressions/methods.ts';
import { values } from '../expressions/values.ts';

/** Filters and tests with the arguments that the tables know, as text behind a value. */
const unordered: ReadonlySet<string> = new Set([
  // Their order is that of a set in Salt.
  'unique',
  'union',
  'intersect',
  'difference',
  'symmetric_difference',
  'compare_dicts',
  // They say what time it is, when they are not given one.
  'strftime',
  'date_format',
]);

const filterCalls = Object.entries(filters)
  .filter(([name]) => !unordered.has(name))
  .flatMap(([name, variants]) => variants.map((args) => `|${name}${args}`));
const testCalls = Object.entries(tests).flatMap(([name, variants]) =>
  variants.map((args) => ` is ${name}${args}`),
);
const methodCalls = methodTables.flatMap((table) =>
  Object.entries(table).flatMap(([name, variants]) => variants.map((args) => `.${name}(${args})`)),
);

/** Without line breaks and tabs: Salt prints them in maps in a way of its own, and only in SLS files. */
const plainValues = values.filter((value) => !/missing|\\n/.test(value));
const characters = Array.from('aAzZ019 .,:;-_/\\\'"{}[]#&<>|é😀ßİ');

function quoted(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&');
  return `'${escaped}'`;
}

const text: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...characters), { maxLength: 8 })
  .map((units) => quoted(units.join('')));

const number: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.integer({ min: -30_000, max: 30_000 }).map(String),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc
    .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 6 }))
    .map(([digits, places]) => (digits / 10 ** places).toFixed(Math.max(1, places))),
  fc.constantFrom('0.1', '1e3', '2.5e-7', '1e22', '-0.0', '123456789.125', '0.5', '1.5', '2.675'),
);

const atom: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 3, arbitrary: number },
  { weight: 3, arbitrary: fc.constantFrom(...plainValues) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('true', 'false', 'none', 'data.data', 'data.data.list', 'tag', 'users[0]'),
  },
  {
    weight: 0.3 * 10,
    arbitrary: fc.constantFrom(
      "'web1'",
      "'a/b/c'",
      "'10.0.0.1'",
      "'2001:db8::1'",
      '\'{"a": [1]}\'',
      "'a: [1, yes]'",
    ),
  },
);

const made: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: atom },
  {
    weight: 1,
    arbitrary: fc.array(atom, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(atom, { maxLength: 3 })
      .map((items) => `(${items.join(', ')}${items.length === 1 ? ',' : ''})`),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.oneof(
            { weight: 3, arbitrary: fc.constantFrom("'a'", "'x'", "'name'") },
            { weight: 1, arbitrary: number },
            { weight: 1, arbitrary: text },
          ),
          atom,
        ),
        { maxLength: 3 },
      )
      .map((pairs) => `{${pairs.map(([key, item]) => `${key}: ${item}`).join(', ')}}`),
  },
);

const operator = fc.constantFrom(
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '~',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  'in',
  'not in',
  'and',
  'or',
);
const subscript: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: -4, max: 4 }).map((at) => `[${at}]`),
  fc
    .tuple(
      fc.option(fc.integer({ min: -5, max: 5 })),
      fc.option(fc.integer({ min: -5, max: 5 })),
      fc.option(fc.integer({ min: -3, max: 3 })),
    )
    .map(([from, to, step]) => `[${from ?? ''}:${to ?? ''}${step === null ? '' : `:${step}`}]`),
  fc.constantFrom("['a']", "['x']", '.a', '.name', "['name']"),
);

/** Mostly the first. */
function often(first: string, ...others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(first) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** What `%` formats and what `.format` formats, without the widths that nobody can wait for. */
const percent: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(fc.constant([]), fc.array(fc.constantFrom('-', '+', ' ', '#', '0'), { maxLength: 2 })),
    fc.constantFrom('', '1', '5', '12'),
    fc.oneof(fc.constant(''), fc.constantFrom('.0', '.2', '.', '.7')),
    fc.constantFrom('s', 'd', 'i', 'u', 'f', 'F', 'e', 'E', 'g', 'G', 'x', 'X', 'o', 'c', 'r', 'a', '%', 'q'),
  )
  .map(([flags, width, precision, type]) => `'<%${flags.join('')}${width}${precision}${type}>'`);
const replacement: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', '0', '0[0]', '0.a', '1', 'x'),
    fc.constantFrom('', '', '!s', '!r', '!a', '!z'),
    often('', '<', '>', '^', '=', '*<', 'é^'),
    often('', '+', '-', ' '),
    often('', '#', '0', '#0'),
    fc.constantFrom('', '1', '6', '11'),
    often('', ',', '_'),
    often('', '.0', '.2', '.6'),
    often('', '', '', 's', 'd', 'f', 'F', 'e', 'g', 'G', 'n', 'x', 'X', 'o', 'b', 'c', '%', 'z'),
  )
  .map(([field, conversion, align, sign, form, width, group, precision, type]) => {
    const spec = align + sign + form + width + group + precision + type;
    return `'<{${field}${conversion}${spec === '' ? '' : `:${spec}`}}>'`;
  });

/** Expressions of typed operands: chains of filters, tests, methods, operators, slices and formats. */
const expression: fc.Arbitrary<string> = fc.letrec<{ expression: string; chain: string }>((tie) => ({
  chain: fc
    .tuple(
      made,
      fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...filterCalls) },
          { weight: 2, arbitrary: fc.constantFrom(...methodCalls) },
          { weight: 1, arbitrary: subscript },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    )
    .map(([start, links]) =>
      // A method or a subscript behind a filter's name would be read as part of the name.
      links.reduce((before, link) => (link.startsWith('|') ? before + link : `(${before})${link}`), start),
    ),
  expression: fc.oneof(
    { maxDepth: 2 },
    { weight: 4, arbitrary: tie('chain') },
    { weight: 2, arbitrary: made },
    {
      weight: 2,
      arbitrary: fc.tuple(made, fc.constantFrom(...testCalls)).map(([value, test]) => `${value}${test}`),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(made, operator, made).map(([left, sign, right]) => `${left} ${sign} ${right}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('expression'), operator, tie('expression'))
        .map(([left, sign, right]) => `(${left}) ${sign} (${right})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('expression'), made, made)
        .map(([when, one, other]) => `${one} if (${when}) else ${other}`),
    },
    { weight: 2, arbitrary: fc.tuple(percent, made).map(([format, value]) => `${format} % ${value}`) },
    {
      weight: 2,
      arbitrary: fc.tuple(replacement, made).map(([format, value]) => `${format}.format(${value})`),
    },
    { weight: 1, arbitrary: fc.tuple(made, subscript).map(([value, at]) => `${value}${at}`) },
  ),
})).expression;

/** A template that prints one expression. */
export const expressionTemplate: fc.Arbitrary<string> = expression.map((written) => `>{{ ${written} }}<`);
