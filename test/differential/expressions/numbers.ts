const bases: readonly string[] = [
  '2.5',
  '0.5',
  '7.25',
  '1.1',
  '10',
  '3',
  '1e-5',
  '123456.789',
  '-7',
  '-2.5',
  '0.0',
  '1e300',
];
const exponents: readonly string[] = [
  '2.5',
  '0.5',
  '-0.5',
  '1.0',
  '-3',
  '0.1',
  '13.7',
  '-2.0',
  '1e-9',
  '100.5',
  '3.0',
];

/** Powers of floats, whose last digit depends on how they are computed. */
export const powerExpressions: readonly string[] = bases.flatMap((base) =>
  exponents.map((exponent) => `{{ (${base}) ** (${exponent}) }}`),
);

/** Salt's `xml` of maps that may be one root. */
export const xmlExpressions: readonly string[] = [
  "{'r': 'x'}",
  "{'r': ''}",
  "{'r': {'a': 1, 'b': true, 'c': 2.5, 'd': 'x<\"&>y'}}",
  "{'r': {'a': none}}",
  "{'r': {'a': {'b': 'c'}, 'l': [1, 'two', {'x': 'y'}]}}",
  "{'r': {'a': [['bc', 'de'], ['f']]}}",
  "{'r': {'a': ['bc', 'd']}}",
  "{'r': {'a': []}}",
  "{'r': {}}",
  "{'r': [1, 2]}",
  "{'r': (1, 2)}",
  "{'r': ('ab', 'cd')}",
  "{'a': 1, 'b': {'c': 2}}",
  "{'a b': 1}",
  "{'r': {1: 2}}",
  "{'r': {'ä': 'ö\\nü'}}",
  "{'r': 'a\\x07'}",
  "{'n': {'ip': '10.0.0.1', 'tags': ['web', 'db'], 'owner': {'name': 'x', 'mail': {'to': 'y'}}}}",
].map((value) => `{{ ${value}|xml }}`);
