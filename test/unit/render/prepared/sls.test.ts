import { describe, expect, test } from 'vitest';
import { fromPlain, type Problem, toPlain, type Value } from '../../../../src/core/index.ts';
import { compileLeaf, compileSls, type Rendered } from '../../../../src/render/index.ts';

const env = { stepsMax: 100_000, bytesMax: 1_000_000, load: () => null };
const context = (data: unknown): Map<string, Value> => new Map([['data', fromPlain(data)]]);

function render(text: string, data: unknown = {}): Rendered<Value> {
  const compiled = compileSls({ file: '/srv/x.sls', text }, env);
  return compiled.ok ? compiled.value.render(context(data)) : compiled;
}

function value(text: string, data: unknown = {}): Value {
  const rendered = render(text, data);
  if (!rendered.ok) throw new Error(rendered.problems[0]?.message);
  return rendered.value;
}

function problem(text: string, data: unknown = {}): unknown {
  const rendered = render(text, data);
  return rendered.ok ? rendered.value : rendered.problems[0];
}

describe('an SLS file', () => {
  test('that yields nothing is an empty map', () => {
    for (const text of [
      '',
      ' \n',
      '# only a comment\n',
      '{% if false %}a: b{% endif %}\n',
      '{}',
      '[]',
      '---\n',
    ])
      expect(value(text)).toEqual(new Map());
  });

  test('may name its renderer', () => {
    expect(value('#!jinja|yaml\na: {{ data.x }}', { x: 1 })).toEqual(fromPlain({ a: 1 }));
    expect(value('#!jinja | yaml -x\na: {{ data.x }}', { x: 1 })).toEqual(fromPlain({ a: 1 }));
    expect(value("#!yaml\na: '{{ data.x }}'")).toEqual(fromPlain({ a: '{{ data.x }}' }));
    expect(value('#!/usr/bin/env salt\na: {{ data.x }}', { x: 1 })).toEqual(fromPlain({ a: 1 }));
  });

  test.each([
    ['#!json\n{"a": ["{{ data.x }}", 1.0]}', {}, '{"a": ["{{ data.x }}", 1.0]}'],
    [
      '#!jinja|json\n{"a-{{ data.x }}": {{ data|json }}, "n": {{ data.n }}}',
      { x: 'k', n: 5 },
      '{"a-k": {"x": "k", "n": 5}, "n": 5}',
    ],
    ['#!jinja|json\n{"a": "{{ data.x }}"}', { x: '", "b": "' }, '{"a": "\\", \\"b\\": \\""}'],
    ['#!jinja|json\n{"a": "say \\"{{ data.x }}\\""}', { x: '\\' }, '{"a": "say \\"\\\\\\""}'],
    ['#!jinja|json\n{"a": {{ data.x }}}', { x: '12' }, '{"a": 12}'],
    ['#!jinja|json\n', {}, '{}'],
    ['#!jinja|yaml|gpg\na: {{ data.x }}', { x: 1 }, '{"a": 1}'],
    ['#!jinja|gpg|yaml\na: {{ data.x }}', { x: 1 }, '{"a": 1}'],
    [
      '#!toml\n[x]\na = "{{ data.x }}" # one\nb = [1, 2.5]',
      {},
      '{"x": {"a": "{{ data.x }}", "b": [1, 2.5]}}',
    ],
    ['#!jinja|toml\na = "{{ data.x }}"', { x: '"\nb = 1 # \\' }, '{"a": "\\"\\nb = 1 # \\\\"}'],
    ["#!jinja|toml\na = '{{ data.x }}'\n# {{ data.x }}", { x: "'" }, '{"a": "\'"}'],
    ['#!jinja|toml\na = """\n{{ data.x }} \\" b"""', { x: '"""' }, '{"a": "\\"\\"\\" \\" b"}'],
    [
      '#!jinja|toml\n["k-{{ data.x }}"]\na = {{ data.n }}\nb = {{ [1, 2] }}',
      { x: 'y', n: 5 },
      '{"k-y": {"a": 5, "b": [1, 2]}}',
    ],
    ['#!jinja | toml\n', {}, '{}'],
  ])('%j', (text, data, wanted) => {
    expect(toPlain(value(text, data))).toEqual(JSON.parse(wanted));
  });

  test('data cannot become JSON', () => {
    for (const x of ['1, "b": 2', '{"b": 2}', '[]', '"', 'true]'])
      expect(problem('#!jinja|json\n{"a": {{ data.x }}}', { x })).toMatchObject({ code: 'JSON_SYNTAX' });
    expect(problem('#!jinja|json\n{"a": 1,}')).toMatchObject({ code: 'JSON_SYNTAX' });
    expect(problem('#!json\n{"a": \u0001}')).toMatchObject({ code: 'JSON_SYNTAX' });
  });

  test('data cannot become TOML', () => {
    for (const x of ['1\nb = 2', '[2]', '{b = 2}', '"', '1 # x', 'a.b'])
      expect(problem('#!jinja|toml\na = {{ data.x }}', { x })).toMatchObject({ code: 'TOML_SYNTAX' });
    expect(problem('#!toml\na = 1\na = 2')).toMatchObject({ code: 'TOML_SYNTAX' });
    expect(problem('#!toml\na = \u0001')).toMatchObject({ code: 'TOML_SYNTAX' });
    expect(problem('#!toml\na = "\u{f0000}0\u{f0001}"')).toMatchObject({ code: 'TOML_SYNTAX' });
  });

  test('a Python reactor is shown its native form', () => {
    expect(problem('#!py\ndef run(): return {}')).toMatchObject({
      hint: expect.stringMatching(/rules:[^]*modules_dir/) as string,
    });
  });

  test.each([
    '#!jinja|yaml|gpg\na: -----BEGIN PGP MESSAGE-----',
    '#!jinja\na: b',
    '#!json|jinja\n{}',
    '#!py\ndef run(): pass',
    '#!mako|yaml\na: b',
    '#!jinja|py\na: b',
    '#!jinja -x|yaml\na: b',
    '#!jinja|jinja|yaml\na: b',
    '#!gpg|jinja|yaml\na: b',
    '#!jinja|nacl|yaml\na: NACL[abc]',
    '#!\na: b',
  ])('%j is a problem with a hint', (text) => {
    expect(problem(text)).toMatchObject({ code: 'SLS_RENDERER', line: 1, hint: expect.any(String) });
  });

  test('renders each path through the template', () => {
    const text = `{% for item in data.items_ %}
task_{{ item }}:
  local.test.ping:
    - tgt: {{ item }}
{% else %}
none: {{ data.why }}
{% endfor %}
`;
    const compiled = compileSls({ file: 'x.sls', text }, env);
    if (!compiled.ok) throw new Error('no template');
    const run = (items_: string[]): unknown => compiled.value.render(context({ items_, why: 'empty: [' }));
    expect(run(['a', 'b'])).toEqual({
      ok: true,
      value: fromPlain({
        task_a: { 'local.test.ping': [{ tgt: 'a' }] },
        task_b: { 'local.test.ping': [{ tgt: 'b' }] },
      }),
    });
    expect(run([])).toEqual({ ok: true, value: fromPlain({ none: 'empty: [' }) });
    expect(run(['b', 'a'])).toMatchObject({ ok: true });
    expect(run(['a', 'a'])).toMatchObject({ ok: false, problems: [{ code: 'YAML_DUPLICATE_KEY' }] });
    expect(compiled.value.lineOf('none')).toBe(6);
  });

  test('gives a fresh value each time', () => {
    const compiled = compileSls({ file: 'x.sls', text: 'a: [1]\nb: {c: d}' }, env);
    if (!compiled.ok) throw new Error('no template');
    const first = compiled.value.render(new Map());
    if (first.ok && first.value instanceof Map) first.value.clear();
    expect(compiled.value.render(new Map())).toEqual({
      ok: true,
      value: fromPlain({ a: [1], b: { c: 'd' } }),
    });
  });

  test('keeps many texts and forgets the oldest', () => {
    const compiled = compileSls(
      { file: 'x.sls', text: '{% for i in range(data.n) %}\n- {{ i }}\n{% endfor %}' },
      env,
    );
    if (!compiled.ok) throw new Error('no template');
    for (const n of [...Array.from({ length: 200 }, (_, index) => index + 1), 1, 200, 100]) {
      const rendered = compiled.value.render(context({ n }));
      expect(rendered).toMatchObject({ ok: true, value: { length: n } });
    }
  });
});

describe('a problem in what a template makes', () => {
  test('stands at the line of the template that made it', () => {
    const text = `{% if data.x %}
{# a comment #}
first:
  local.test.ping:
    - tgt: {{ data.x }}
second: a: {{ data.x }}
{% endif %}
`;
    expect(problem(text, { x: 1 })).toMatchObject({
      code: 'YAML_SYNTAX',
      file: '/srv/x.sls',
      line: 6,
      column: 9,
      source: 'second: a: {{ data.x }}',
    });
  });

  test('in data that makes keys equal, or a key of a map', () => {
    expect(problem('a: 1\n{{ data.x }}: 2', { x: 'a' })).toMatchObject({
      code: 'YAML_DUPLICATE_KEY',
      line: 2,
    });
    expect(problem('a: 1\n{{ data.x }}: 2', { x: {} })).toMatchObject({
      code: 'YAML_UNHASHABLE_KEY',
      line: 2,
    });
  });

  test('as deep data that is printed', () => {
    let deep: Value = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const compiled = compileSls({ file: 'x.sls', text: "a: '{{ x }}'" }, env);
    if (!compiled.ok) throw new Error('no template');
    expect(compiled.value.render(new Map([['x', deep]]))).toMatchObject({ ok: false });
  });
});

describe('a leaf of a native rule', () => {
  const leaf = (text: string, data: unknown = {}): unknown => {
    const compiled = compileLeaf({ file: 'r.yaml', text, line: 4, column: 9 }, env);
    const built = compiled.ok ? compiled.value.build(context(data)) : compiled;
    return built.ok ? built.value : built.problems[0];
  };

  test.each<[string, unknown, unknown]>([
    ['plain text', {}, 'plain text'],
    ['', {}, ''],
    ['yes', {}, 'yes'],
    ['{{ data.x }}', { x: 'yes' }, 'yes'],
    ['{{ data.x }}', { x: '' }, ''],
    ['{{ data.x }}', { x: 5 }, 5],
    ['{{ data.x }}', { x: null }, null],
    ['{{ data.x }}', { x: [1, null] }, [1, null]],
    ['{{ data.x }} ', { x: 5 }, '5 '],
    ['{{ data.x }}{{ data.x }}', { x: null }, 'NoneNone'],
    ['a-{{ data.x }}', { x: [1, null] }, 'a-[1, None]'],
    ['{{ data.x | json }}', { x: [1, null] }, '[1, null]'],
    ['{% if data.x %}{{ data.x }}{% endif %}', { x: 5 }, 5],
    ['{% if data.x %}{{ data.x }}{% endif %}', { x: 0 }, ''],
    ['{# nothing #}', {}, ''],
  ])('%j with %j', (text, data, expected) => {
    expect(leaf(text, data)).toEqual(expected);
  });

  test('has its problems at its place in the file', () => {
    expect(leaf('{{ data.missing.x }}')).toMatchObject({ file: 'r.yaml', line: 4 });
  });
});

describe('a warning that Salt would make structure of data', () => {
  function notes(text: string, x: unknown): readonly Problem[] {
    const compiled = compileSls({ file: '/srv/x.sls', text }, env);
    if (!compiled.ok) throw new Error('no template');
    const found: Problem[] = [];
    compiled.value.render(context({ x }), found);
    return found;
  }

  const block = 'a:\n  local.x.y:\n    - tgt: {{ data.x }}\n';

  test.each([
    ['x: y', 'make a map or a list of'],
    ['{b: c}', 'make a map or a list of'],
    ['[1, 2]', 'make a map or a list of'],
    ['- x', 'make a map or a list of'],
    ['x #y', 'read part of'],
    ['#y', 'drop'],
    ['"quoted"', 'read part of'],
    ['x\nrunner.salt.cmd: []', 'refuse the file because of'],
    ['@x', 'refuse the file because of'],
    ['*x', 'refuse the file because of'],
    ['{', 'refuse the file because of'],
  ])('of %j', (x, meaning) => {
    expect(notes(block, x)).toMatchObject([
      { code: 'DATA_AS_STRUCTURE', severity: 'warning', file: '/srv/x.sls', line: 3 },
    ]);
    expect(notes(block, x)[0]?.message).toContain(meaning);
  });

  test.each([
    'web1',
    '10.0.0.1',
    'a:b',
    'a-b',
    "it's",
    'x#y',
    '12:30',
    'salt/x/y',
    '',
    'a, b',
    'é [x]',
    5,
    null,
    ['a: b'],
  ])('but not of %j', (x) => {
    expect(notes(block, x)).toEqual([]);
  });

  test('beside text, in keys, between brackets; not in quotes, and not behind a serialiser', () => {
    expect(notes('a: pre {{ data.x }}', 'x: y')).toHaveLength(1);
    expect(notes('{{ data.x }}: {runner.x.y: []}', 'a: b')).toHaveLength(1);
    expect(notes('a: [{{ data.x }}]', 'x, y')).toHaveLength(1);
    expect(notes('a: {b: {{ data.x }}}', 'x, c: d')).toHaveLength(1);
    expect(notes("a: '{{ data.x }}'", 'x: y')).toEqual([]);
    expect(notes('a: {{ data.x|json }}', 'x: y')).toEqual([]);
    expect(notes('a: |\n  {{ data.x }}', 'x: y')).toEqual([]);
  });

  test('costs nothing much for what is large, deep or plenty', () => {
    expect(notes(block, '['.repeat(500_000))).toHaveLength(1);
    expect(notes(block, '['.repeat(499))).toHaveLength(1);
    expect(notes(`{% for i in range(300) %}a{{ i }}: {{ data.x }}\n{% endfor %}`, 'x: y')).toHaveLength(100);
  });

  test('shortens the value', () => {
    expect(notes(block, `x: ${'y'.repeat(1000)}`)[0]?.message.length).toBeLessThan(200);
  });
});
