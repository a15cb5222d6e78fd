import { expect, test } from 'vitest';
import { loadRules } from '../../../src/rules/index.ts';
import { defaults, memoryFiles } from './memory-files.ts';

const sls = { '/srv/a.sls': 'a: runner.x.y', '/srv/b.sls': 'b: runner.x.y' };
const entry = (glob: string, file = 'a'): string => `  - '${glob}': /srv/${file}.sls\n`;
const list = (...globs: string[]): string => `reactor:\n${globs.map((glob) => entry(glob)).join('')}`;

function load(files: Record<string, string>, path = '/etc/salt/master') {
  const { ruleSet, problems } = loadRules(
    { ...defaults, reactors: [path] },
    memoryFiles({ ...sls, ...files }),
  );
  return { globs: ruleSet.rules.map(({ globs }) => globs[0]), problems, files: ruleSet.files };
}

const cases: readonly (readonly [what: string, files: Record<string, string>, globs: string[]])[] = [
  ['the main file alone', { '/etc/salt/master': `interface: 0.0.0.0\n${list('one')}` }, ['one']],
  [
    'included files joined in order, in place of the main file',
    {
      '/etc/salt/master': list('main'),
      '/etc/salt/master.d/b.conf': list('b'),
      '/etc/salt/master.d/a.conf': list('a1', 'a2'),
      '/etc/salt/master.d/z.conf': 'timeout: 5\n',
    },
    ['a1', 'a2', 'b'],
  ],
  [
    'entries that several files repeat once',
    {
      '/etc/salt/master': '',
      '/etc/salt/master.d/a.conf': list('x'),
      '/etc/salt/master.d/b.conf': list('x', 'y'),
    },
    ['x', 'y'],
  ],
  [
    'the main file when no included one has the option',
    { '/etc/salt/master': list('main'), '/etc/salt/master.d/a.conf': 'id: x\n' },
    ['main'],
  ],
  [
    'another default_include',
    {
      '/etc/salt/master': `default_include: conf/*.yaml\n${list('main')}`,
      '/etc/salt/conf/a.yaml': list('a'),
      '/etc/salt/master.d/b.conf': list('b'),
    },
    ['a'],
  ],
  [
    'include in place of all others, relative to its file, nested',
    {
      '/etc/salt/master': `include:\n  - extra/one\n${list('main')}`,
      '/etc/salt/master.d/b.conf': list('b'),
      '/etc/salt/extra/one': 'include: two\n',
      '/etc/salt/extra/two': `include: one\n${list('two')}`,
    },
    ['two'],
  ],
  [
    'a file that the option names',
    { '/etc/salt/master': 'reactor: /srv/map.yaml\n', '/srv/map.yaml': entry('m').trim() },
    ['m'],
  ],
];

test.each(cases)('reads %s', (_, files, globs) => {
  expect(load(files)).toMatchObject({ globs, problems: [] });
});

test('reads a folder master.d', () => {
  const files = { '/etc/salt/master.d/b.conf': list('b'), '/etc/salt/master.d/a.conf': list('a') };
  expect(load(files, '/etc/salt/master.d')).toMatchObject({ globs: ['a', 'b'], problems: [] });
});

test('says where it looked when there is nothing', () => {
  const { problems } = load({ '/etc/salt/master': 'id: x\ninclude: /more/*.conf\n' });
  expect(problems).toMatchObject([
    {
      code: 'MISSING_KEY',
      severity: 'warning',
      hint: 'looked at /etc/salt/master, /etc/salt/master.d/*.conf, /more/*.conf',
    },
  ]);
});

test('follows every file that it read, and reports their problems in their place', () => {
  const { problems, files } = load({
    '/etc/salt/master': 'id: x\n',
    '/etc/salt/master.d/a.conf': 'reactor:\n  - {a: /srv/a.sls, b: /srv/b.sls}\n',
  });
  expect(problems).toMatchObject([{ code: 'REACTOR_MAP', file: '/etc/salt/master.d/a.conf', line: 2 }]);
  expect(files).toContain('/etc/salt/master.d/a.conf');
});
