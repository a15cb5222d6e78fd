import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../src/rules/index.ts';
import { defaults, load, loadClean, memoryFiles } from './memory-files.ts';

const ping = 'ping:\n  local.test.ping:\n    - tgt: "{{ data.id }}"\n';

describe('reactor files', () => {
  it('reads Salt’s list with all its forms of references', () => {
    const ruleSet = loadClean(
      `reactor:
  - 'salt/minion/*/start':
      - /srv/reactor/start.sls
      - /srv/reactor/d/*.sls
      - salt://reactor/x.sls?saltenv=prod
  - 'my/tag': beside.sls
  - 'my/tag': salt://beside.sls`,
      {
        '/srv/reactor/start.sls': ping,
        '/srv/reactor/d/a.sls': ping,
        '/srv/reactor/d/b.sls': ping,
        '/srv/prod2/reactor/x.sls': ping,
        '/r/beside.sls': ping,
        '/srv/salt/beside.sls': ping,
      },
      { fileRoots: { base: ['/srv/salt'], prod: ['/srv/prod1', '/srv/prod2'] } },
    );
    expect(ruleSet.rules.map((rule) => rule.name)).toEqual([
      'reactor:salt/minion/*/start',
      'reactor:my/tag',
      'reactor:my/tag#2',
    ]);
    expect(
      ruleSet.rules.map((rule) => (rule.kind === 'salt' ? rule.sls.map((sls) => sls.file) : [])),
    ).toEqual([
      ['/srv/reactor/start.sls', '/srv/reactor/d/a.sls', '/srv/reactor/d/b.sls', '/srv/prod2/reactor/x.sls'],
      ['/r/beside.sls'],
      ['/srv/salt/beside.sls'],
    ]);
    expect(ruleSet.rules[1]).toMatchObject({ file: '/r/main.yaml', line: 6, column: 5 });
  });

  it('reads the list from a file of its own, and not a second time', () => {
    const files = { '/r/map.yaml': "- 'a/b': x.sls\n", '/r/x.sls': ping };
    const ruleSet = loadClean('reactor: map.yaml', files);
    expect(ruleSet.rules.map((rule) => rule.name)).toEqual(['reactor:a/b']);
  });

  it('ignores the other settings of a master’s configuration file', () => {
    const { ruleSet, problems } = loadRules(
      { ...defaults, reactors: ['/etc/salt/master'] },
      memoryFiles({ '/etc/salt/master': 'interface: 0.0.0.0\nreactor:\n  - a/b: /x.sls\n', '/x.sls': ping }),
    );
    expect(problems).toEqual([]);
    expect(ruleSet.rules).toHaveLength(1);
  });

  it('takes an SLS file of a folder for a rule only when it says what it watches', () => {
    const ruleSet = loadClean('', {
      '/r/plain.sls': ping,
      '/r/own.sls': `__rule__:\n  on: [a/b, a/c]\n  if: data.id == 'x'\n  owner: me\n\n${ping}`,
    });
    expect(ruleSet.rules).toMatchObject([
      { kind: 'salt', name: 'own', globs: ['a/b', 'a/c'], shared: false, file: '/r/own.sls', line: 1 },
    ]);
  });

  it('says when a named SLS file is no rule, and when its __rule__ is wrong', () => {
    const files = memoryFiles({ '/r/plain.sls': ping, '/r/wrong.sls': `${ping}\n__rule__:\n  onn: a/b\n` });
    const { problems } = loadRules(
      { ...defaults, reactors: ['/r/plain.sls', '/r/wrong.sls', '/r/none'] },
      files,
    );
    expect(problems).toMatchObject([
      { code: 'MISSING_KEY', file: '/r/plain.sls', severity: 'warning' },
      { code: 'UNKNOWN_KEY', file: '/r/wrong.sls', line: 6, column: 3, source: '  onn: a/b' },
      { code: 'MISSING_KEY', file: '/r/wrong.sls', line: 5 },
      { code: 'MISSING_FILE', file: '/r/none' },
    ]);
  });

  it('reads what templates include with them', () => {
    const ruleSet = loadClean('reactor:\n  - a/b: x.sls', {
      '/r/x.sls': `{% import_yaml "map.yaml" as map %}{% include 'part.sls' %}`,
      '/srv/salt/map.yaml': 'a: 1',
      '/srv/salt/part.sls': '{% from "deep.sls" import m %}',
      '/srv/salt/deep.sls': '{% macro m() %}{% endmacro %}',
    });
    expect(ruleSet.files).toEqual([
      '/r/main.yaml',
      '/r/x.sls',
      '/srv/salt/deep.sls',
      '/srv/salt/map.yaml',
      '/srv/salt/part.sls',
    ]);
  });

  it('names a set by what its files hold', () => {
    const hash = (sls: string): string => load('reactor:\n  - a/b: x.sls', { '/r/x.sls': sls }).ruleSet.hash;
    expect(hash(ping)).toMatch(/^[0-9a-f]{12}$/);
    expect(hash(ping)).toBe(hash(ping));
    expect(hash(ping)).not.toBe(hash(`${ping} `));
  });

  it('resolves aliases', () => {
    const ruleSet = loadClean(
      `rules:
  a: {on: &tags [a/b, c/d], do: [{local.test.ping: &where {tgt: x}}]}
  b: {on: *tags, do: [{local.test.echo: *where}]}`,
    );
    expect(ruleSet.rules[1]?.globs).toEqual(['a/b', 'c/d']);
    expect(ruleSet.owners).toEqual([0, 0, 1, 1]);
  });

  it('refuses values that grow without end', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `      - &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    const { problems } = load(
      `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.echo: {tgt: x, arg: [&l0 [1]]}\n` +
        `  b:\n    on: a/b\n    do:\n${levels.join('\n')}\n      - local.test.echo: {tgt: x, arg: *l12}\n`,
    );
    expect(problems.some((problem) => problem.code === 'TOO_LARGE')).toBe(true);
  });
});
