import fc from 'fast-check';

/** The event of a generated case, as JSON. */
export interface GeneratedEvent {
  readonly tag: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const word: fc.Arbitrary<string> = fc.constantFrom(
  'web1',
  'db-2.example.com',
  'Web_3',
  'a',
  '20240203100010123456',
  'état',
  'x y',
);

/** Scalars that YAML takes for something else; both sides must take them for the same. */
const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: word },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'yes',
      'No',
      'null',
      '~',
      '',
      '0755',
      '1e3',
      '1.50',
      '12:30',
      '0x1f',
      '1_000',
      '2024-02-03',
      'true',
      '.5',
      '08',
      '-0',
      '+1',
      '1.',
      '=',
      'None',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: -2000, max: 2000 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, 1.5, -0.25, 1.5e-7, 1234567890123) },
);

/** Text that breaks YAML where it is not quoted: the grammar puts `text` only where both sides quote. */
const text: fc.Arbitrary<string> = fc.constantFrom(
  'a: b',
  '- x',
  "it's",
  'say "hi"',
  'two\nlines\n',
  '#c',
  '{x}',
  '[1]',
  'tab\there',
  'back\\slash',
  '{{ 7 }}',
  '%',
  '*a',
  '😀 é',
  ' pad ',
  '',
);

const list: fc.Arbitrary<unknown[]> = fc.array(scalar, { maxLength: 3 });
const map: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom('a', 'b', 'name', 'os', 'k 1'),
  fc.oneof(scalar, list),
  { maxKeys: 3, noNullPrototype: true },
);

/** One shape for every event, with fields that may be missing: `data.gone` never is there. */
export const event: fc.Arbitrary<GeneratedEvent> = fc.record({
  tag: fc.constantFrom(
    'salt/minion/web1/start',
    'salt/job/20240203100010123456/ret/web1',
    'acme/x',
    'salt/beacon/web1/disk/',
  ),
  data: fc.record(
    {
      id: word,
      act: fc.constantFrom('accept', 'pend', 'reject'),
      val: scalar,
      n: fc.integer({ min: -3, max: 12 }),
      flag: fc.boolean(),
      text,
      list,
      words: fc.array(word, { maxLength: 3 }),
      map,
      deep: fc.record({ id: word, list, map: fc.record({ v: scalar }) }),
      maybe: scalar,
    },
    {
      requiredKeys: ['id', 'act', 'val', 'n', 'flag', 'text', 'list', 'words', 'map', 'deep'],
      noNullPrototype: true,
    },
  ),
});
