import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../src/core/index.ts';
import { map, Recorder, run } from './harness.ts';

/** What the author wrote must reach the sink as text, what data brought as a value. */
function calls(text: string): unknown[] {
  const result = run(text, {
    context: new Map<string, Value>([
      ['x', 'DATA'],
      ['n', 5],
      ['m', map({ k: 'v' })],
      ['l', ['a', 'b']],
    ]),
  });
  if (!(result instanceof Recorder)) throw new Error(result.message);
  return joined(result.calls);
}

/** Neighbouring texts are one text. */
function joined(all: readonly [string, Value][]): unknown[] {
  const merged: [string, unknown][] = [];
  for (const [kind, value] of all) {
    const last = merged.at(-1);
    if (kind === 'text' && last?.[0] === 'text') last[1] = (last[1] as string) + (value as string);
    else merged.push([kind, value]);
  }
  return merged;
}

const text = (value: string): unknown => ['text', value];
const value = (data: unknown): unknown => ['value', data];

const cases: readonly (readonly [string, unknown[]])[] = [
  ['a: {{ x }}', [text('a: '), value('DATA')]],
  ['{{ n }}{{ m }}', [value(5), value(map({ k: 'v' }))]],
  ["{{ 'a: b' }}", [text('a: b')]],
  ["{{ 'a' 'b' }}", [text('ab')]],
  ["{{ 'y' if n else 'z' }}", [text('y')]],
  ["{{ x if n else 'z' }}", [value('DATA')]],
  ["{% set v = 'lit' %}{{ v }}", [text('lit')]],
  ['{% set v = x %}{{ v }}', [value('DATA')]],
  ['{% set v %}k: {{ x }}{% endset %}{{ v }}', [text('k: '), value('DATA')]],
  ['{% macro f(a) %}- {{ a }}{% endmacro %}{{ f(x) }}', [text('- '), value('DATA')]],
  ["{% macro f(a) %}- {{ a }}{% endmacro %}{{ f('q') }}", [text('- q')]],
  [
    '{% macro f() %}[{{ caller() }}]{% endmacro %}{% call f() %}in {{ x }}{% endcall %}',
    [text('[in '), value('DATA'), text(']')],
  ],
  ["{{ 'a-' ~ x ~ '-b' }}", [text('a-'), value('DATA'), text('-b')]],
  ["{{ 'a-' + x }}", [text('a-'), value('DATA')]],
  ["{{ 'a-' ~ n }}", [text('a-'), value('5')]],
  ['{{ x ~ n }}', [value('DATA5')]],
  ["{{ 'tag/%s/x' % x }}", [text('tag/'), value('DATA'), text('/x')]],
  ["{{ 'tag/{}/x'.format(x) }}", [text('tag/'), value('DATA'), text('/x')]],
  ["{{ x % 'a' if false else x.replace('D', ': ') }}", [value(': ATA')]],
  ["{{ zz|default('d: e') }}", [text('d: e')]],
  ["{{ l|join(', ') }}", [value('a'), text(', '), value('b')]],
  ["{{ 'ABC'|lower }}", [text('abc')]],
  ['{{ x|lower }}', [value('data')]],
  ["{{ 'a'|replace('a', x) }}", [value('DATA')]],
  ["{% for v in ['p', 'q'] %}{{ v }}{% endfor %}", [text('pq')]],
  ['{% for v in l %}{{ v }}{% endfor %}', [value('a'), value('b')]],
  ["{{ {'a': 'b: c'}.a }}", [text('b: c')]],
  ["{{ ['a', x] }}", [value(['a', 'DATA'])]],
  ["{{ {'k': 'v'} }}", [value(map({ k: 'v' }))]],
  ['{% filter upper %}a: {{ x }}{% endfilter %}', [value('A: DATA')]],
  ['{% filter indent(2) %}a:\nb: {{ x }}{% endfilter %}', [text('a:\n  b: '), value('DATA')]],
  ['{{ m|json }}', [['serialised', map({ k: 'v' })]]],
  ['{{ m|tojson }} {{ l|yaml }}', [['serialised', map({ k: 'v' })], text(' '), ['serialised', ['a', 'b']]]],
  ['{% set j = m|json %}{{ j }}', [['serialised', map({ k: 'v' })]]],
  [
    '{{ x|yaml_dquote }}{{ n|yaml_encode }}',
    [
      ['serialised', 'DATA'],
      ['serialised', 5],
    ],
  ],
  ['{{ m|json|length }}', [value(10)]],
  ["{{ 'lit' == 'lit' }}{{ ('a' ~ x)|length }}", [value(true), value(5)]],
  ['{% load_yaml as y %}\nk: {{ x }}\n{% endload %}{{ y.k }}', [value('DATA')]],
];

describe('what goes out as text and what as data', () => {
  it.each(cases)('%s', (template, expected) => {
    expect(calls(template)).toEqual(expected);
  });

  it('yields the same text and the same kinds of pieces for every string', () => {
    const template =
      "{% set v = 'id: ' ~ x %}{% macro m(a) %}- {{ a }}{% endmacro %}{{ v }}\n{{ m(x) }}{% if x|length >= 0 %}{{ '%s/%s' % (x, 'lit') }}{% endif %}";
    const pieces = (data: string): readonly (readonly [string, Value])[] => {
      const result = run(template, { context: new Map([['x', data]]) });
      return result instanceof Recorder ? result.calls : [];
    };
    const harmless = pieces('x').map(([kind, piece]) => (kind === 'text' ? piece : null));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        const found = pieces(data);
        expect(found.map(([kind, piece]) => (kind === 'text' ? piece : null))).toEqual(harmless);
        for (const [kind, piece] of found) if (kind === 'value') expect(piece).toBe(data);
      }),
    );
  });

  it('never lets data become structure inside load_yaml', () => {
    const hostile = 'v\nother: 1 # {[';
    const result = run('{% load_yaml as y %}\nk: {{ x }}\n{% endload %}{{ y|length }}{{ y.k }}', {
      context: new Map([['x', hostile]]),
    });
    expect(result).toMatchObject({ out: `1${hostile}` });
  });
});
