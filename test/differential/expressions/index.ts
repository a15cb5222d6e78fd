import { filters, tests } from './filters.ts';
import { functions } from './functions.ts';
import { methodExpressions } from './methods.ts';
import { special } from './special.ts';
import { operands, operators, values } from './values.ts';

export { filters, hostFilters, tests } from './filters.ts';
export { methodTables } from './methods.ts';
export { context } from './values.ts';

function applied(table: Readonly<Record<string, readonly string[]>>, word: string): string[] {
  return Object.entries(table).flatMap(([name, variants]) =>
    variants.flatMap((args, variant) =>
      values
        .filter((_value, index) => variant === 0 || (index + variant) % 3 === 0)
        .map((value) => `{{ ${value}${word}${name}${args} }}`),
    ),
  );
}

function operations(): string[] {
  return operands.flatMap((left) =>
    operators.flatMap((operator) =>
      operands
        // Python would still be computing tomorrow.
        .filter((right) => operator !== '**' || (left.length < 10 && right.length < 10))
        .map((right) => `{{ ${left} ${operator} ${right} }}`),
    ),
  );
}

function printed(): string[] {
  return values.flatMap((value) => [
    `{{ ${value} }}`,
    `{{ [${value}] }}`,
    `{{ {'k': ${value}} }}`,
    `{{ (${value},) }}`,
    `{{ not ${value} }}`,
    `{{ 'yes' if ${value} else 'no' }}`,
    `{% for x in ${value} %}<{{ x }}>{% else %}none{% endfor %}`,
    `{{ ${value}[0] }}`,
    `{{ ${value}[-1] }}`,
    `{{ ${value}[1:] }}`,
    `{{ ${value}[::-1] }}`,
    `{{ ${value}.a }}`,
    `{{ ${value}['a'] }}`,
    `{{ ${value}() }}`,
    `{{ -${value} }}`,
    `{{ '%s' % ${value} }}`,
    `{{ '{}'.format(${value}) }}`,
    `{{ 'x' ~ ${value} }}`,
  ]);
}

/** Every expression of the suite, each in its place of text. */
export function expressions(): string[] {
  const all = [
    ...printed(),
    ...operations(),
    ...applied(filters, '|'),
    ...applied(tests, ' is '),
    ...methodExpressions(),
    ...special,
    ...functions,
  ];
  return [...new Set(all)].map((text) => `>${text}<`);
}
