import { describe, expect, it } from 'vitest';
import { map, problemOf, render, sample } from './harness.ts';

const escapes = [
  "{{ ''.__class__ }}",
  '{{ d.__class__.__mro__ }}',
  '{{ l.constructor }}',
  "{{ d.toString.constructor('return 1')() }}",
  "{{ d['constructor']('return process')() }}",
  "{{ 'x'.constructor.constructor('return 1')() }}",
  '{{ range.constructor }}',
  "{{ range.call.constructor('return 1')() }}",
  "{{ cycler(1).attribute('x') }}",
  "{{ namespace().set('a', 1) }}",
  '{{ joiner.__globals__ }}',
  "{{ ('x'|attr('__class__')) }}",
  "{{ ('x'|attr('constructor')) }}",
  "{{ '{0.__class__}'.format(1) }}",
  "{{ '{0.constructor}'.format(l) }}",
  "{{ '{x.__init__}'.format_map({'x': l}) }}",
  "{{ l|map(attribute='__class__')|list }}{{ l|map(attribute='constructor')|map('upper')|list }}",
  "{{ l|map('constructor')|list }}",
  "{{ l|select('constructor')|list }}",
  "{{ 'x'|method_call('constructor')('return 1') }}",
  '{% set ns = namespace() %}{{ ns.__proto__.x }}',
  '{{ __proto__ }}',
  '{{ constructor }}',
  '{{ d.__proto__ }}',
  '{{ self.__class__ }}',
  '{{ loop.__class__ }}',
  "{% macro m() %}{% endmacro %}{{ m.call.constructor('return 1')() }}",
];

describe('the sandbox', () => {
  it.each(escapes)('refuses %s', (template) => {
    expect(problemOf(template).code).toMatch(/^TEMPLATE_/);
  });

  it('sets no property of a prototype', () => {
    render(
      "{% set ns = namespace() %}{% set ns.__proto__ = {'polluted': 1} %}{% do d.update({'__proto__': {'polluted': 1}}) %}{{ dict(__proto__=1) }}",
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('leaves the data of the event as it was', () => {
    const context = sample();
    const before = structuredClone(context.get('l'));
    expect(render('{% do l.append(9) %}{% do l.pop(0) %}{{ l }}', { context })).toBe('[2, 3, 9]');
    expect(render("{% set f = l|attr('append') %}{% do f(1) %}{{ l }}", { context })).toBe('[1, 2, 3, 1]');
    expect(render("{% do l['append'](4) %}{{ l }}", { context })).toBe('[1, 2, 3, 4]');
    expect(context.get('l')).toEqual(before);
  });
});

const greedy = [
  "{{ 'x' * 10**9 }}",
  '{{ [1] * 10**9 }}',
  '{{ 10 ** (10 ** 10) }}',
  '{{ 2 ** 100000 }}',
  '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
  '{{ range(10**9)|list }}',
  "{{ 'a'.center(10**9) }}",
  "{{ 'a'.ljust(10**9) }}",
  "{{ 'a'.zfill(10**9) }}",
  "{{ 'a'|center(10**9) }}",
  "{{ '%1000000000d' % 1 }}",
  "{{ '%.1000000000f' % 1 }}",
  "{{ '{:>1000000000}'.format(1) }}",
  "{{ '\t'.expandtabs(10**9) }}",
  "{{ [1]|batch(10**9, 'x')|list }}",
  '{{ [1]|slice(10**9)|list }}',
  "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
  '{% set ns = namespace(s=tag) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}',
  '{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}',
  "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s.replace('a', 'aa') %}{% endfor %}",
  "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s]|join %}{% endfor %}",
  '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  '{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}',
  '{% for x in [l] recursive %}{{ loop([l]) }}{% endfor %}',
  '{% do l.append(l) %}{{ l }}{{ l|flatten }}',
  "{{ ('a' * 400 ~ 'b')|regex_match('(a+)+$') }}",
  "{{ ('a' * 400 ~ 'b')|regex_search('(((a+)))+$') }}",
  "{{ ('a' * 400 ~ 'b')|regex_replace('(a|aa)+$', '') }}",
  "{{ ('a' * 39)|regex_match('(a?){40}a{40}') }}",
  "{{ ('a' * 400)|regex_match('(?=(a+)+b)\\\\1') }}",
  "{{ ('a' * 400)|regex_search('(.*)(.*)(.*)(.*)\\\\1x') }}",
  "{{ ('a' * 400) is match('((a{0,5}){0,5}){0,5}b') }}",
  "{{ 'a'|regex_match('a' * 200000) }}",
  "{{ ('x' * 50000)|regex_search('(x+)y') }}",
];

describe('the budgets', () => {
  it.each(greedy)('end %s in a problem', (template) => {
    expect(problemOf(template).code).toBe('TEMPLATE_BUDGET');
  });

  it('count output, too', () => {
    const text = `{% for i in range(1000) %}${'x'.repeat(2000)}{% endfor %}`;
    expect(problemOf(text).code).toBe('TEMPLATE_BUDGET');
  });

  it('end an include of itself', () => {
    const files = { a: "{% include 'a' %}" };
    expect(problemOf("{% include 'a' %}", { files }).code).toBe('TEMPLATE_BUDGET');
  });

  it('leave deep nesting a problem, not a crash', () => {
    expect(problemOf(`{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`).code).toMatch(/^TEMPLATE_/);
    expect(problemOf(`{{ ${'-'.repeat(20_000)}1 }}`).code).toMatch(/^TEMPLATE_/);
  });

  it('start anew with each render', () => {
    const env = { stepsMax: 30 };
    for (let round = 0; round < 5; round += 1) expect(render('{{ l|sum }}', { env })).toBe('6');
  });
});

describe('problems', () => {
  const at = (text: string): object => {
    const { code, line, column, source, hint } = problemOf(text, {
      context: new Map([['data', map({ id: 'web1' })]]),
    });
    return { code, line, column, source, hint };
  };

  it.each([
    [
      'a\n  {{ data.idd }}',
      {
        code: 'TEMPLATE_UNDEFINED',
        line: 2,
        column: 11,
        source: '  {{ data.idd }}',
        hint: "did you mean 'id'?",
      },
    ],
    ['x {% if dta.id %}{% endif %}', { code: 'TEMPLATE_UNDEFINED', line: 1, column: 9 }],
    [
      '{{ grains.os }}',
      { code: 'TEMPLATE_UNDEFINED', column: 4, hint: "Brine does not offer Salt's 'grains' to templates" },
    ],
    ['{{ dta.id }}', { code: 'TEMPLATE_UNDEFINED', line: 1, hint: "did you mean 'data'?" }],
    [
      '{{ data.id|uper }}',
      { code: 'TEMPLATE_UNKNOWN_FILTER', line: 1, column: 12, hint: "did you mean 'upper'?" },
    ],
    ['{{ data is maping }}', { code: 'TEMPLATE_UNKNOWN_TEST', line: 1, hint: "did you mean 'mapping'?" }],
    ['x\n{{ 1 + data.id }}', { code: 'TEMPLATE_TYPE', line: 2, column: 6 }],
    ['{{ 1 / 0 }}', { code: 'TEMPLATE_VALUE', line: 1 }],
    ["{% include 'gone' %}", { code: 'TEMPLATE_NOT_FOUND', line: 1 }],
    ["{{ raise('not for you') }}", { code: 'TEMPLATE_RAISED' }],
    ['{% fro x in y %}{% endfor %}', { code: 'TEMPLATE_SYNTAX', line: 1, column: 4 }],
    ['a\n\n{% if x %}', { code: 'TEMPLATE_SYNTAX', line: 3, column: 4 }],
    ['{{ a b }}', { code: 'TEMPLATE_SYNTAX', line: 1, column: 6 }],
    ["a\n{{ 'x }}", { code: 'TEMPLATE_SYNTAX', line: 2, column: 4 }],
    ['{# x', { code: 'TEMPLATE_SYNTAX', line: 1, column: 1 }],
    ['{{ (1 }}', { code: 'TEMPLATE_SYNTAX', line: 1 }],
    ['{{ [1) }}', { code: 'TEMPLATE_SYNTAX', line: 1, column: 6 }],
    ['{% raw %}x', { code: 'TEMPLATE_SYNTAX', line: 1 }],
    ['{% set true = 1 %}', { code: 'TEMPLATE_SYNTAX', line: 1 }],
    ["{% if 1 %}{% extends 'x' %}{% endif %}", { code: 'TEMPLATE_SYNTAX', line: 1 }],
  ])('of %s', (text, expected) => {
    expect(at(text)).toMatchObject(expected);
  });

  it('of a macro that another file defines are in that file', () => {
    const files = { 'lib.jinja': '\n{% macro m(a) %}{{ a.b.c }}{% endmacro %}' };
    const problem = problemOf("{% from 'lib.jinja' import m %}{{ m({}) }}", { files });
    expect(problem).toMatchObject({ file: 'lib.jinja', line: 2, code: 'TEMPLATE_UNDEFINED' });
  });
});
