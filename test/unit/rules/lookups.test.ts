import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/index.ts';
import { defaults, load } from './memory-files.ts';

const allow = ['cmd.*', 'mymod.*'];

function problems(main: string, sls = '', allowed: readonly string[] = allow): Problem[] {
  const input = { ...defaults, lookups: { allow: allowed, deny: [], perEventMax: 9 } };
  const all = load(main, { '/srv/x.sls': sls }, input).problems;
  return all.filter(({ code }) => code.includes('LOOKUP'));
}

const ofSls = (sls: string, allowed?: readonly string[]): Problem[] =>
  problems('reactor:\n  - acme/x:\n    - /srv/x.sls\n', sls, allowed);

describe('look-ups that are written out', () => {
  it.each([
    "{{ salt['cmd.run']('systemctl status ' ~ data.svc) }}",
    "{{ salt.cmd.run('ping -c 1 %s' % data.id) }}",
    "{% set c = 'echo ' ~ tag %}{% set d = c ~ '!' %}{{ salt['cmd.run_all'](cmd=d) }}",
    "{% for id in data.ids %}{{ salt['cmd.run'](id) }}{% endfor %}",
    "{% macro m(x) %}{{ salt['cmd.run']('echo ' ~ x) }}{% endmacro %}{{ m(data.id) }}",
    "{% with c = data.cmd %}{{ salt['cmd.run'](c) }}{% endwith %}",
  ])('warns of data in the text of a command: %s', (text) => {
    expect(ofSls(`\n${text}`)).toMatchObject([
      {
        code: 'LOOKUP_DATA_IN_COMMAND',
        severity: 'warning',
        file: '/srv/x.sls',
        line: 2,
        message: expect.stringContaining('add words') as string,
        hint: expect.stringContaining("(['program', data.id])") as string,
      },
    ]);
  });

  it.each(["{{ salt['cmd.shell']('echo ' ~ data.id) }}", "{{ salt['cmd.run'](data.c, python_shell=True) }}"])(
    'says what a shell makes of it: %s',
    (text) => expect(ofSls(text)[0]?.message).toContain('can run commands'),
  );

  it.each([
    "{{ salt['cmd.run'](['echo', data.id]) }}",
    "{{ salt['cmd.run']('date') }}",
    "{% set svc = 'nginx' %}{{ salt['cmd.run']('systemctl status ' ~ svc) }}",
    "{{ salt['cmd.run']('date', cwd=data.path) }}",
    "{{ salt['file.read'](data.path) }}{{ salt['mymod.x']() }}{{ salt['pillar.get'](data.id) }}",
    "{{ salt['saltutil.runner'](data.runner) }}{{ salt['saltutil.runner']('manage.up') }}",
    'salt: {test.nop: []}',
  ])('has nothing to say of %s', (text) => {
    expect(ofSls(text)).toEqual([]);
  });

  it.each([
    ["{{ salt['cmd.run']('date') }}", 'cmd.run'],
    ["{{ salt['saltutil.runner']('event.send', ['x']) }}", 'runner.event.send'],
    ["{{ salt.saltutil.wheel(name='key.accept', match='x') }}", 'wheel.key.accept'],
    ["{{ salt['http.query']('http://x/', method='POST') }}", 'http.query'],
    ["{{ salt['mymod.x']() }}", 'mymod.x'],
  ])('warns of what will be refused: %s', (text, name) => {
    expect(ofSls(text, [])).toMatchObject([
      {
        code: 'TEMPLATE_LOOKUP',
        severity: 'warning',
        message: expect.stringContaining(`['${name}']`) as string,
      },
    ]);
  });

  it('looks at conditions, variables and values of native rules too, each once and at its place', () => {
    const found = problems(`rules:
  a:
    on: acme/x
    vars:
      v: salt['cmd.run'](data.a)
    if: data.n == 1 and salt['cmd.run']('x' ~ data.b) == ''
    do:
      - runner.test.arg: {args: ["{{ salt['cmd.run'](data.c) }}"]}
`);
    expect(found.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['LOOKUP_DATA_IN_COMMAND', 5, expect.any(Number)],
      ['LOOKUP_DATA_IN_COMMAND', 6, expect.any(Number)],
      ['LOOKUP_DATA_IN_COMMAND', 8, expect.any(Number)],
    ]);
  });
});
