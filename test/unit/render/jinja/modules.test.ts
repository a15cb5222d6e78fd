import { describe, expect, it } from 'vitest';
import { problemOf, render } from './harness.ts';

const files = {
  'inc.sls': 'inc {{ s }} {{ local|default("none") }}',
  'lib.jinja':
    "{% set name = 'lib' %}{% set _hidden = 1 %}{% macro greet(who='you') %}hi {{ who }} {{ s|default('-') }} {{ local|default('no') }}{% endmacro %}",
  'map.yaml': 'a: 1\nb: [x, {{ s }}]\n',
  'data.json': '{"k": "{{ s }}", "n": 12345678901234567890}',
  'note.txt': 'plain {{ s }}',
  'base.sls':
    'head {% block body %}default {{ s }}{% endblock %} {% block tail %}tail{% endblock %} {{ title|default("untitled") }}',
  'mid.sls': "{% extends 'base.sls' %}{% block body %}mid[{{ super() }}]{% endblock %}",
  'broken.sls': 'line\n{% if %}',
  'loop.sls': '{{ loop.index }}',
};

const cases: readonly (readonly [string, string])[] = [
  ["{% set local = 'L' %}{% include 'inc.sls' %}", 'inc hello L'],
  ["{% set local = 'L' %}{% include 'inc.sls' without context %}", 'inc hello none'],
  ["a{% include 'gone.sls' ignore missing %}b{% include ['gone.sls', 'note.txt'] %}", 'abplain hello'],
  ["{% for x in [1, 2] %}{% include 'loop.sls' %}{% endfor %}", '12'],
  ["{% import 'lib.jinja' as lib %}{{ lib.name }}: {{ lib.greet('bob') }}", 'lib: hi bob hello no'],
  ["{% from 'lib.jinja' import greet, name as n %}{{ n }} {{ greet() }}", 'lib hi you hello no'],
  ["{% set local = 'L' %}{% from 'lib.jinja' import greet with context %}{{ greet('x') }}", 'hi x hello L'],
  ["{% import 'lib.jinja' as lib %}{{ lib._hidden is defined }}{{ lib.nope is defined }}", 'FalseFalse'],
  ["{% import_yaml 'map.yaml' as m %}{{ m.a }}{{ m.b }}", "1['x', 'hello']"],
  ["{% import_json 'data.json' as j %}{{ j.k }}{{ j.n }}", 'hello12345678901234567890'],
  ["{% import_text 'note.txt' as t %}{{ t|upper }}", 'PLAIN HELLO'],
  [
    "{% extends 'base.sls' %}{% set title = 'T' %}dropped{% block tail %}own {{ s }}{% endblock %}",
    'head default hello own hello T',
  ],
  [
    "{% extends 'mid.sls' %}{% block body %}top({{ super() }}){% endblock %}",
    'head top(mid[default hello]) tail untitled',
  ],
  ["{% extends 'base.sls' %}{% block body %}{{ self.tail() }}!{% endblock %}", 'head tail! tail untitled'],
  [
    "{% extends 'ba' ~ 'se.sls' %}{% macro m() %}M{% endmacro %}{% block body %}{{ m() }}{% endblock %}",
    'head M tail untitled',
  ],
];

describe('templates that use others', () => {
  it.each(cases)('%s', (text, expected) => {
    expect(render(text, { files })).toBe(expected);
  });

  it.each([
    ["{% include 'gone.sls' %}", 'TEMPLATE_NOT_FOUND', 'test.sls', 1],
    ["{% include 'broken.sls' %}", 'TEMPLATE_SYNTAX', 'broken.sls', 2],
    ["{% from 'lib.jinja' import nope %}{{ nope() }}", 'TEMPLATE_UNDEFINED', 'test.sls', 1],
    ["{% from 'lib.jinja' import _hidden %}", 'TEMPLATE_SYNTAX', 'test.sls', 1],
    ["{% import_yaml 'gone' as g %}", 'TEMPLATE_NOT_FOUND', 'test.sls', 1],
    ['{% block a required %}{% endblock %}', 'TEMPLATE_UNDEFINED', 'test.sls', 1],
  ])('%s is a problem', (text, code, file, line) => {
    expect(problemOf(text, { files })).toMatchObject({ code, file, line });
  });

  it('keeps what data says apart inside an imported map', () => {
    const context = new Map([['s', 'x]\nc: 3']]);
    expect(render("{% import_yaml 'map.yaml' as m %}{{ m|length }}{{ m.b[1] }}", { files, context })).toBe(
      '2x]\nc: 3',
    );
  });
});
