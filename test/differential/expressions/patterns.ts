import fc from 'fast-check';

const atoms = fc.constantFrom(
  ' ',
  ...String.raw`a b c A 1 . \d \w \s \W \D [ab] [^a] [a-c] []a] [\w-] ^ $ \b \B \A \Z é \. \n \x61 \0`.split(
    ' ',
  ),
  ...String.raw`- { } ] \1 🐳 [a- \q (?P=n) # (?#c)`.split(' '),
);
const quantifiers = fc.constantFrom(
  '',
  '',
  '',
  ...'* + ? {2} {1,2} {,2} {2,} *? +? ?? *+ {1,2}? {0} {2'.split(' '),
);
const groups = fc.constantFrom(
  ...'( (?: (?P<n> (?= (?! (?<= (?<! (?> (?i: (?s: (?-i: (?x: (?a: (?(1)'.split(' '),
);
const words = fc.string({ unit: fc.constantFrom(...Array.from('aabbcAB1é_ -\n.🐳{}')), maxLength: 8 });
const replacements = fc.constantFrom('-', '\\1', '<\\g<0>>', '\\g<n>', '\\n', '\\.', '\\q', '');

const { pattern } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atoms, quantifiers).map(([atom, quantifier]) => atom + quantifier),
    fc
      .tuple(groups, tie('pattern'), quantifiers)
      .map(([open, body, quantifier]) => `${open}${body})${quantifier}`),
  ),
  pattern: fc
    .array(fc.array(tie('item'), { maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((options) => options.map((items) => items.join('')).join('|')),
}));

/** A string as Jinja's source writes it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** Patterns of Python's `re`, made by chance but the same each time, and texts that they are tried on. */
export const patternExpressions: readonly string[] = fc
  .sample(fc.tuple(pattern, words, replacements, fc.boolean()), { numRuns: 1500, seed: 20_240_203 })
  .flatMap(([regex, text, replacement, ignoreCase]) => [
    `{{ ${quoted(text)}|regex_search(${quoted(`(${regex})`)}, ${String(ignoreCase)}) }}`,
    `{{ ${quoted(text)}|regex_replace(${quoted(regex)}, ${quoted(replacement)}) }}`,
  ]);
