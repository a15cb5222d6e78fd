import fc from 'fast-check';
import { below, indented, type Lines, nested, output, sometimes, value } from './sls-values.ts';

const target: fc.Arbitrary<Lines> = fc.oneof(
  { weight: 5, arbitrary: output.map((text) => [`tgt: ${text}`]) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom("tgt: '*'", 'tgt: web1', "tgt: 'G@os:Debian'", 'tgt: 5', 'tgt: [a, b]')
      .map((text) => [text]),
  },
  { weight: 1, arbitrary: value.map((lines) => below('tgt:', lines, 2)) },
);

const option: fc.Arbitrary<Lines> = fc
  .constantFrom(
    'tgt_type: glob',
    'tgt_type: list',
    'tgt_type: compound',
    'expr_form: grain',
    'ret: smtp',
    'timeout: 30',
    'timeout: "5"',
    'metadata: {a: 1}',
    'order: 1',
    'order: last',
    'order: first',
    'order: -2',
    'order: {{ data.n }}',
    'queue: true',
    'user: bob',
    'subset: 1',
    'batch: 10%',
    'failhard: true',
    'fun: other.fun',
    'state: runner',
    'names: [n1, n2]',
    'names: [n1, {n2: [{x: 1}]}]',
    'name: {{ data.id }}',
    '__id__: other',
    'delimiter: "|"',
    'jid: "20240203100010123456"',
  )
  .map((text) => [text]);

/** IDs of the same pool as in `sls.ts`, so that some requisites find what they name. */
const requisite: fc.Arbitrary<Lines> = fc
  .tuple(
    fc.constantFrom(
      'require',
      'watch',
      'onchanges',
      'onfail',
      'prereq',
      'require_in',
      'listen',
      'onlyif',
      'unless',
      'use',
    ),
    fc.constantFrom(
      '- local: restart',
      '- local: b_web',
      '- runner: orch',
      '- cmd: restart',
      '- restart',
      '- sls: other',
      '- local: gone',
      '- runner.x: y',
      'local: restart',
      '- local: [a]',
      '- id: restart',
      '[{local: restart}]',
      'restart',
      '- true',
    ),
  )
  .map(([word, text]) => (text.startsWith('-') ? [`${word}:`, `  ${text}`] : [`${word}: ${text}`]));

/** A list of arguments below `args:`, `arg:`, or their map. */
const argumentList: fc.Arbitrary<Lines> = fc
  .tuple(
    fc.constantFrom('args', 'args', 'args', 'arg', 'kwarg'),
    fc.array(fc.tuple(fc.constantFrom('name', 'mods', 'x', 'pillar', 'kw_{{ data.n }}'), nested), {
      maxLength: 3,
    }),
    fc.constantFrom('pairs', 'pairs', 'map', 'items'),
    fc.constantFrom(0, 2, 4),
  )
  .map(([word, pairs, form, by]) => {
    const lines = pairs.flatMap(([key, inner]) => {
      if (form === 'items') return below('-', inner, 2);
      return form === 'pairs' ? below(`- ${key}:`, inner, 6) : below(`${key}:`, inner, 4);
    });
    if (lines.length === 0) return [`${word}: []`];
    return [`${word}:`, ...indented(lines, form === 'map' ? by + 2 : by)];
  });

const ownArgument: fc.Arbitrary<Lines> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.constantFrom('mods', 'pillar', 'match', 'message', 'saltenv', 'x', 'host'), nested)
      .map(([key, inner]) => below(`${key}:`, inner, 4)),
  },
  { weight: 2, arbitrary: output.map((text) => [`name: ${text}`]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('name', 'fun', 'order', 'state'), nested)
      .map(([key, inner]) => below(`${key}:`, inner, 4)),
  },
);

const item: fc.Arbitrary<Lines> = fc.oneof(
  { weight: 40, arbitrary: target },
  { weight: 60, arbitrary: argumentList },
  { weight: 30, arbitrary: ownArgument },
  { weight: 20, arbitrary: option },
  { weight: 3, arbitrary: requisite },
);

const call: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 100,
    arbitrary: fc.constantFrom(
      'local.state.apply',
      'local.test.ping',
      'cmd.state.single',
      'local.cmd.run',
      'runner.state.orchestrate',
      'runner.error.error',
      'runner.fileserver.update',
      'wheel.key.accept',
      'wheel.key.delete',
      'caller.file.touch',
      'caller.test.ping',
      'runner.cloud.profile',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'local',
      'runner',
      'lcoal.test.ping',
      'local.',
      'local.a b',
      'salt.function',
      'runner.a.b.c.d',
      '_hidden.x',
    ),
  },
);

const branch: fc.Arbitrary<readonly [string, string]> = fc.constantFrom(
  ['{% if data.flag %}', '{% endif %}'],
  ['{% if data.maybe is defined %}', '{% endif %}'],
  ['{%- if data.n > 3 %}', '{%- endif %}'],
  ['{% if data.n > 3 -%}', '{%- endif %}'],
  ['{# why #}', ''],
  ['# comment {{ data.id }}', ''],
  ['', ''],
);

/** One function with its arguments below an ID. */
const called: fc.Arbitrary<Lines> = fc
  .record({
    call,
    items: fc.array(fc.tuple(item, sometimes(branch, 8)), { maxLength: 4 }),
    by: fc.constantFrom(0, 2, 4),
    first: fc.option(target, { freq: 6 }),
    form: fc.oneof(
      { weight: 60, arbitrary: fc.constant('list') },
      { weight: 9, arbitrary: fc.constantFrom('flow', 'long', 'none') },
      { weight: 1, arbitrary: fc.constant('map') },
    ),
  })
  .map(({ call: name, items, by, first, form }) => {
    const all = first === null ? items : [[first, null] as const, ...items];
    const listed = all.flatMap(([lines, around]) => {
      const written = lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
      if (around === null) return written;
      return [around[0], ...written, ...(around[1] === '' ? [] : [around[1]])];
    });
    if (form === 'none' || listed.length === 0) return [`${name}: []`];
    if (form === 'flow') return [`${name}: [{tgt: '{{ data.id }}'}, {args: {name: {{ data.n }}}}]`];
    if (form === 'map')
      return [
        `${name}:`,
        ...indented(
          all.flatMap(([lines]) => lines),
          2,
        ),
      ];
    const [type = '', ...fun] = name.split('.');
    if (form === 'long') return [`${type}:`, `  - ${fun.join('.')}`, ...indented(listed, 2)];
    return [`${name}:`, ...indented(listed, by)];
  });

/** What stands below an ID. */
export const body: fc.Arbitrary<Lines> = fc.oneof(
  { weight: 80, arbitrary: called },
  { weight: 10, arbitrary: fc.tuple(called, called).map(([one, two]) => [...one, ...two]) },
  { weight: 6, arbitrary: call.map((name) => [`${name}: []`]) },
  { weight: 1, arbitrary: call.map((name) => [`${name}:`]) },
  { weight: 1, arbitrary: nested },
);

export { call };
