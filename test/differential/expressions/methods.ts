type Calls = Readonly<Record<string, readonly string[]>>;

const texts = [
  "'abc'",
  "'Hello big World'",
  "''",
  "'  a,b,,c  '",
  "'ŽLUŤ 12'",
  "'a\\nb\\r\\nc'",
  "'007'",
  "'aXbXc'",
];

const textCalls: Calls = {
  capitalize: [''],
  casefold: [''],
  center: ['7', "7, '*'"],
  count: ["'a'", "''"],
  encode: ['', "'utf-8'"],
  endswith: ["'c'", "('x', 'd')", "''"],
  expandtabs: [''],
  find: ["'b'", "'zz'", "'a', 1"],
  format: ['', '1, 2', 'a=1'],
  index: ["'b'"],
  isalnum: [''],
  isalpha: [''],
  isascii: [''],
  isdecimal: [''],
  isdigit: [''],
  isidentifier: [''],
  islower: [''],
  isnumeric: [''],
  isprintable: [''],
  isspace: [''],
  istitle: [''],
  isupper: [''],
  join: ["['x', 'y']", "'xyz'", '[1]', "{'k': 1}"],
  ljust: ['7', "7, '.'"],
  lower: [''],
  lstrip: ['', "'a '"],
  partition: ["','", "'zz'"],
  removeprefix: ["'a'"],
  removesuffix: ["'c'"],
  replace: ["'a', 'b'", "'X', '', 1", "'', '-'"],
  rfind: ["'X'"],
  rindex: ["'c'"],
  rjust: ['7'],
  rpartition: ["','"],
  rsplit: ['', "','", "',', 1"],
  rstrip: ['', "'c '"],
  split: ['', "','", "',', 1", 'none, 1', "''"],
  splitlines: ['', 'true'],
  startswith: ["'a'", "('Hel', 'x')", "'b', 1"],
  strip: ['', "'a '"],
  swapcase: [''],
  title: [''],
  upper: [''],
  zfill: ['6'],
  nosuch: [''],
};

const lists = ['[3, 1, 2]', "['b', 'A', 'b']", '[]', '[[1], none]'];
const listCalls: Calls = {
  append: ['1'],
  clear: [''],
  copy: [''],
  count: ["'b'", '1'],
  extend: ['[1]', "'xy'", '5'],
  index: ["'A'", '1', '2, 1'],
  insert: ['0, 9', '-1, 9', '99, 9'],
  pop: ['', '0', '9'],
  remove: ['1'],
  reverse: [''],
  sort: ['', 'reverse=true'],
};

const maps = ["{'b': 2, 'a': 1}", '{}', "{'x': {'y': 1}, 1: none}"];
const mapCalls: Calls = {
  clear: [''],
  copy: [''],
  fromkeys: ["['a'], 1"],
  get: ["'a'", "'zz'", "'zz', 5", ''],
  items: [''],
  keys: [''],
  pop: ["'a'", "'zz', 0"],
  popitem: [''],
  setdefault: ["'a', 7", "'n'"],
  update: ["{'a': 9}", 'a=5', "[('k', 'v')]", '5'],
  values: [''],
};

const tuples = ['(1, 2, 1)', '()'];
const tupleCalls: Calls = { count: ['1'], index: ['2', '9'] };

function calls(receivers: readonly string[], table: Calls, after: readonly string[]): string[] {
  return receivers.flatMap((receiver) =>
    Object.entries(table).flatMap(([method, variants]) =>
      variants.flatMap((args) => after.map((tail) => `{{ ${receiver}.${method}(${args})${tail} }}`)),
    ),
  );
}

/** Calls of methods; what changes its receiver is printed after the call as well. */
export function methodExpressions(): string[] {
  const changes = (receivers: readonly string[], table: Calls): string[] =>
    receivers.flatMap((receiver) =>
      Object.entries(table).flatMap(([method, variants]) =>
        variants.map(
          (args) =>
            `{% set it = ${receiver} %}{% set got = it.${method}(${args}) %}{{ it }}{{ got is none }}`,
        ),
      ),
    );
  return [
    ...calls(texts, textCalls, ['']),
    ...calls(lists, listCalls, ['']),
    ...calls(maps, mapCalls, ['', '|list|sort|string if false else 1']),
    ...calls(tuples, tupleCalls, ['']),
    ...changes(lists, listCalls),
    ...changes(maps, mapCalls),
  ];
}

/** Methods of texts, lists, maps and tuples, with the arguments they are tried with. */
export const methodTables: readonly Calls[] = [textCalls, listCalls, mapCalls, tupleCalls];
