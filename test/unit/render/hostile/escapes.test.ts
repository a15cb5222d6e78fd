import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testSeed } from '../../../support/test-seed.ts';
import { Recorder, run, sample } from '../jinja/harness.ts';

const factor = Number(process.env['BRINE_GENERATED_RUNS'] ?? '1');
const seed = testSeed;

/** Where a chain may begin: everything that a template can hold. */
const start: fc.Arbitrary<string> = fc.constantFrom(
  "''",
  "'x'",
  '[]',
  '()',
  '{}',
  '5',
  '1.5',
  'none',
  'true',
  'd',
  'l',
  'users',
  'bytes',
  'range(3)',
  'namespace(a=1)',
  "cycler('a', 'b')",
  "joiner(',')",
  'dict(a=1)',
  'range',
  'namespace',
  'cycler',
  'lipsum',
  'self',
  'm',
  'loop',
  'salt',
  'caller',
  'd.items()',
  'l|map("string")',
  'users|groupby("group")',
  'd.update',
  "'x'.format",
);

/** Ways out of Python's objects, and out of JavaScript's. */
const name: fc.Arbitrary<string> = fc.constantFrom(
  '__class__',
  '__base__',
  '__mro__',
  '__subclasses__',
  '__init__',
  '__globals__',
  '__builtins__',
  '__import__',
  '__dict__',
  '__code__',
  '__self__',
  '__func__',
  '__getattribute__',
  '__reduce__',
  'gi_frame',
  'f_back',
  'func_globals',
  'mro',
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__lookupGetter__',
  'valueOf',
  'toString',
  'hasOwnProperty',
  'call',
  'apply',
  'bind',
  'caller',
  'callee',
  'arguments',
  'process',
  'require',
  'globalThis',
  'then',
  'toJSON',
  'mainModule',
  'run',
  'rt',
  'values',
  'parts',
  'text',
  'size',
  'length',
);

const step: fc.Arbitrary<(before: string) => string> = name.chain((word) =>
  fc.constantFrom<(before: string) => string>(
    (before) => `(${before}).${word}`,
    (before) => `(${before})['${word}']`,
    (before) => `(${before})|attr('${word}')`,
    (before) => `[${before}]|map(attribute='${word}')|list`,
    (before) => `[${before}]|map('attr', '${word}')|first`,
    (before) => `[${before}]|selectattr('${word}')|first`,
    (before) => `[${before}]|groupby('${word}')|first`,
    (before) => `[${before}]|sort(attribute='${word}')|first`,
    (before) => `[${before}]|sum(attribute='${word}', start='')`,
    (before) => `'{0.${word}}'.format(${before})`,
    (before) => `'{0[${word}]}'.format(${before})`,
    (before) => `'%(${word})s' % (${before})`,
    (before) => `(${before})|method_call('${word}')`,
    (before) => `(${before})|traverse('${word}')`,
    (before) => `[${before}]|json_query('[0].${word}')`,
    (before) => `(${before}).get('${word}')`,
    (before) => `(${before})()`,
    (before) => `(${before})('return process')`,
    (before) => `(${before})|map('${word}')|list`,
  ),
);

const chain: fc.Arbitrary<string> = fc
  .tuple(start, fc.array(step, { minLength: 1, maxLength: 4 }))
  .map(([from, steps]) => steps.reduce((before, next) => next(before), from));

/** What JavaScript prints of its own things; `<function range>` is Python's. */
const leaked =
  /\[native code\]|(?<!<)function |=>|\[object |class |process\.|<Object|node:|Symbol\(|globalThis/;

describe('generated escapes', () => {
  it('reach nothing but data', () => {
    const around = (inner: string): string =>
      `{% macro m(a) %}{{ a }}{% endmacro %}{% for i in [1] %}{{ ${inner} }}{% endfor %}`;
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    fc.assert(
      fc.property(chain, (text) => {
        const result = run(around(text), { context: sample() });
        if (result instanceof Recorder) expect(result.out).not.toMatch(leaked);
        else expect(result.code).toMatch(/^TEMPLATE_/);
      }),
      { numRuns: Math.round(1_500 * factor), seed },
    );
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
  }, 600_000);
});

const large: fc.Arbitrary<number> = fc.constantFrom(3, 999, 99_999, 10 ** 7, 10 ** 9, 10 ** 15);

/** What grows: a step that makes the namespace's text or list larger, `n` times or by a factor of `n`. */
const growth: fc.Arbitrary<string> = large.chain((n) =>
  fc.constantFrom(
    `{% set ns.s = ns.s ~ ns.s %}`,
    `{% set ns.s = ns.s * ${n} %}`,
    `{% set ns.s = ns.s.replace('a', 'aa') %}`,
    `{% set ns.s = ns.s.center(${n}) %}`,
    `{% set ns.s = '%${n}s' % ns.s %}`,
    `{% set ns.s = '{:>${n}}'.format(ns.s) %}`,
    `{% set ns.s = ns.s|indent(${n}, true) %}`,
    `{% set ns.s = ns.s|replace('', ns.s) %}`,
    `{% set ns.s = ns.s.join(ns.s) %}`,
    `{% set ns.s = ns.s|urlencode|urlencode %}`,
    `{% set ns.s = ns.s|json|json %}`,
    `{% set ns.s = ns.s.expandtabs(${n}) ~ '\\t' %}`,
    `{% set ns.s = (ns.s|list * ${n})|join %}`,
    `{% set ns.l = ns.l + ns.l %}`,
    `{% set ns.l = ns.l * ${n} %}`,
    `{% set ns.l = [ns.l, ns.l] %}`,
    `{% do ns.l.append(ns.l) %}`,
    `{% do ns.l.extend(ns.l) %}`,
    `{% set ns.l = range(${n})|list %}`,
    `{% set ns.l = ns.l|product(ns.l)|list %}`,
    `{% set ns.l = range(9)|permutations|list %}`,
    `{% set ns.l = ns.l|batch(${n}, 'x')|list %}`,
    `{% set ns.l = ns.l|flatten|sort %}`,
    `{% set ns.n = ns.n * ns.n + ${n} %}`,
    `{% set ns.n = ns.n ** ${n} %}`,
    `{% set ns.s = ns.s|regex_replace('(a*)*b', 'aa') %}`,
    `{% set ns.s = (ns.s ~ 'a' * 300)|regex_search('(a|aa)+$') ~ '' %}`,
    `{{ ns.s }}{{ ns.l }}{{ ns.n }}`,
  ),
);

const greedy: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(growth, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(3, 40, 99_999),
    fc.constantFrom('loop', 'macro', 'recursive'),
  )
  .map(([steps, turns, form]) => {
    const begin = "{% set ns = namespace(s='ab', l=[1, 'a'], n=7) %}";
    const body = steps.join('');
    if (form === 'loop') return `${begin}{% for i in range(${turns}) %}${body}{% endfor %}`;
    if (form === 'macro')
      return `${begin}{% macro m(k) %}${body}{% if k %}{{ m(k - 1) }}{{ m(k - 1) }}{% endif %}{% endmacro %}{{ m(${turns}) }}`;
    return `${begin}{% for i in [range(${turns})] recursive %}${body}{{ loop([i]) if loop.depth < ${turns} else '' }}{% endfor %}`;
  });

describe('generated greed', () => {
  it('ends in a result or a problem, soon and small', () => {
    let slowest = 0;
    fc.assert(
      fc.property(greedy, (text) => {
        const begun = performance.now();
        const result = run(text, { context: sample() });
        slowest = Math.max(slowest, performance.now() - begun);
        if (result instanceof Recorder) expect(result.out.length).toBeLessThanOrEqual(1_000_000);
        else expect(result.code).toMatch(/^TEMPLATE_/);
        // A hundred times what it takes; without the budgets these run for hours or until memory ends.
        expect(performance.now() - begun, text).toBeLessThan(5_000);
      }),
      { numRuns: Math.round(150 * factor), seed },
    );
    process.stdout.write(`greedy templates: the slowest took ${slowest.toFixed(0)} ms, seed ${seed}\n`);
  }, 600_000);
});
