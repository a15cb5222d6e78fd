import fc from 'fast-check';
import { condition, iterable, scalarExpression } from './expression-text.ts';
import { body, call } from './sls-body.ts';
import { indented, type Lines, sometimes } from './sls-values.ts';

const id: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 80,
    arbitrary: fc.constantFrom(
      'restart',
      'b_web',
      'orch',
      'A first one',
      "'quoted id'",
      '"dq"',
      'z.9',
      'accept key',
      'delete_old',
      'notify',
      'run highstate',
      'sync_all',
      'c',
    ),
  },
  {
    weight: 40,
    arbitrary: fc.constantFrom(
      'run_{{ data.id }}',
      '{{ data.id }}_x',
      '{{ data.n }}n',
      "'{{ data.id }}'",
      'on {{ tag }}',
      '{{ data.id }}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '5',
      'yes',
      '~',
      '__hidden',
      'include',
      'extend',
      '{{ data.n }}',
      '<<',
      '[a]',
      '{{ data.gone }}',
    ),
  },
);

const declaration: fc.Arbitrary<Lines> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc
      .tuple(id, body, fc.constantFrom(2, 2, 2, 4, 1))
      .map(([name, lines, by]) => [`${name}:`, ...indented(lines, by)]),
  },
  { weight: 1, arbitrary: fc.tuple(id, call).map(([name, fun]) => [`${name}: ${fun}`]) },
);

const statement: fc.Arbitrary<Lines> = fc.oneof(
  scalarExpression.map((text) => [`{% set x = ${text} %}`]),
  fc.constantFrom<Lines>(
    ["{% set id = data['id'] %}"],
    ['{%- set name = data.id.split(".")[0] -%}'],
    ['{% set payload = {"id": data.id, "n": data.n} %}', '{% do payload.update({"more": data.list}) %}'],
    ['{% load_yaml as conf %}', 'a: yes', 'b: [1, {{ data.n }}]', '{% endload %}'],
    [
      '{% set ns = namespace(found=false) %}',
      '{% for w in data.words %}{% if w == "a" %}{% set ns.found = true %}{% endif %}{% endfor %}',
    ],
    ['{% import_yaml "map.yaml" as conf %}'],
    ['{% from "lib.jinja" import ping, default_tgt with context %}'],
    ['{% macro m(a, b="x") -%}', '{{ a }}-{{ b }}', '{%- endmacro %}'],
    ['# a comment {{ data.id }}'],
    ['{# a', 'comment #}'],
    [''],
    ['---'],
    ['{% set block %}', 'x {{ data.n }}', '{% endset %}'],
  ),
);

/** Reactions that stand in a macro's text, a loop or a branch. */
const part: fc.Arbitrary<Lines> = fc.letrec<{ part: Lines; plain: Lines; chosen: Lines; repeated: Lines }>(
  (tie) => ({
    plain: fc.oneof(
      { weight: 24, arbitrary: declaration },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Lines>(
          ['{% from "lib.jinja" import ping with context %}', '{{ ping("p1", data.id) }}'],
          ['{% include "shared.sls" %}'],
          ['{{ payload | json }}'],
        ),
      },
      { weight: 1, arbitrary: statement },
    ),
    chosen: fc
      .record({
        conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
        parts: fc.array(tie('part'), { minLength: 3, maxLength: 3 }),
        otherwise: fc.boolean(),
        dash: fc.constantFrom('', '', '', '', '', '', '-'),
      })
      .map(({ conditions, parts, otherwise, dash }) => [
        ...conditions.flatMap((text, index) => [
          `{%${dash} ${index === 0 ? 'if' : 'elif'} ${text} %}`,
          ...(parts[index] ?? []),
        ]),
        ...(otherwise ? [`{%${dash} else %}`, ...(parts[2] ?? [])] : []),
        `{%${dash} endif %}`,
      ]),
    repeated: fc
      .record({
        list: iterable,
        body,
        name: fc.constantFrom(
          'r_{{ x }}',
          'r{{ loop.index }}',
          '{{ x }}-{{ loop.index0 }}',
          'one',
          '"{{ x }}"',
        ),
        filter: fc.constantFrom('', '', " if x != 'a'"),
        end: fc.constantFrom('endfor', 'else'),
      })
      .map(({ list, body: lines, name, filter, end }) => [
        `{% for x in ${list}${filter} %}`,
        `${name}:`,
        ...indented(lines, 2),
        ...(end === 'else' ? ['{% else %}', 'nothing_there:', '  local.test.ping:', "    - tgt: '*'"] : []),
        '{% endfor %}',
      ]),
    part: fc.oneof(
      { maxDepth: 2 },
      { weight: 6, arbitrary: tie('plain') },
      { weight: 2, arbitrary: tie('chosen') },
      { weight: 1, arbitrary: tie('repeated') },
    ),
  }),
).part;

/** What an editor does to a file now and then. */
const slip: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.nat(10_000),
    fc.constantFrom('drop', 'double', 'tab', 'blank', 'indent', 'line', 'crlf', 'percent'),
  )
  .map(([where, kind]) => (text: string): string => {
    const at = where % Math.max(1, text.length);
    const lines = text.split('\n');
    const row = where % lines.length;
    const line = lines[row] ?? '';
    const changed = (...now: string[]): string =>
      [...lines.slice(0, row), ...now, ...lines.slice(row + 1)].join('\n');
    switch (kind) {
      case 'drop':
        return text.slice(0, at) + text.slice(at + 1);
      case 'double':
        return changed(line, line);
      case 'tab':
        return changed(line.replace(/^ {2}/, '\t'));
      case 'blank':
        return changed(`${line}   `);
      case 'indent':
        return changed(` ${line}`);
      case 'line':
        return changed();
      case 'crlf':
        return text.replaceAll('\n', '\r\n');
      default:
        return text.replace(' %}', '}');
    }
  });

/** A whole reactor file. */
export const slsFile: fc.Arbitrary<string> = fc
  .record({
    shebang: sometimes(fc.constantFrom('#!jinja|yaml', '#!yaml', '#!jinja'), 30),
    statements: fc.array(statement, { maxLength: 2 }),
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    end: fc.constantFrom('\n', '\n', '\n', '', '\n\n', '\n...\n', '\n# end'),
    slip: sometimes(slip, 9),
  })
  .map(({ shebang, statements, parts, end, slip: slipped }) => {
    const lines = [...(shebang === null ? [] : [shebang]), ...statements.flat(), ...parts.flat()];
    const text = lines.join('\n') + end;
    return slipped === null ? text : slipped(text);
  });

/** What generated files import and include. */
export const roots: Readonly<Record<string, string>> = {
  'map.yaml': 'tgt: web1\nlist: [a, b]\nmode: 0755\n',
  'lib.jinja':
    "{% set default_tgt = 'G@id:' ~ data.id %}\n{% macro ping(name, tgt) -%}\n{{ name }}:\n  local.test.ping:\n    - tgt: {{ tgt }}\n{%- endmacro %}\n",
  'shared.sls': "shared:\n  local.test.ping:\n    - tgt: '{{ data.id }}'\n",
};
