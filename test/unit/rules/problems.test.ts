import { describe, expect, it } from 'vitest';
import { load } from './memory-files.ts';

/** A rule with something wrong; `^` marks where the problem must be said to be. */
interface Mistake {
  readonly what: string;
  readonly code: string;
  readonly yaml: string;
  readonly hint?: RegExp;
  readonly severity?: 'warning';
  readonly files?: Record<string, string | null>;
}

const mistakes: Mistake[] = [
  {
    what: 'an unknown top-level key',
    code: 'UNKNOWN_KEY',
    yaml: `^rule:\n  a: {on: a/b, do: [{runner.jobs.active: }]}`,
    hint: /did you mean rules\?/,
  },
  {
    what: 'an unknown key of a rule',
    code: 'UNKNOWN_KEY',
    yaml: `rules:\n  a:\n    on: a/b\n    ^iff: 'true'\n    do: [runner.jobs.active]`,
    hint: /did you mean if\?/,
  },
  {
    what: 'a reserved key',
    code: 'RESERVED_KEY',
    yaml: `rules:\n  a:\n    on: a/b\n    ^flow: {once: 5m}\n    do: [runner.jobs.active]`,
    hint: /would not do/,
  },
  {
    what: 'a concurrency of zero',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    concurrency: ^0\n    do: [runner.jobs.active]`,
    hint: /under way at once/,
  },
  {
    what: 'a concurrency in words',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    concurrency: ^{max: 1}\n    do: [runner.jobs.active]`,
  },
  { what: 'no on', code: 'MISSING_KEY', yaml: `rules:\n  ^a:\n    do: [runner.jobs.active]`, hint: /on:/ },
  { what: 'no do', code: 'MISSING_KEY', yaml: `rules:\n  ^a:\n    on: a/b`, hint: /local\.service/ },
  { what: 'an empty do', code: 'WRONG_TYPE', yaml: `rules:\n  a:\n    on: a/b\n    do: ^[]` },
  { what: 'a do that is no list', code: 'WRONG_TYPE', yaml: `rules:\n  a:\n    on: a/b\n    do: ^{x: 1}` },
  { what: 'rules as a list', code: 'WRONG_TYPE', yaml: `rules:\n  ^- a: {on: x}`, hint: /instead of/ },
  { what: 'a rule that is text', code: 'WRONG_TYPE', yaml: `rules:\n  a: ^restart`, hint: /`on`/ },
  {
    what: 'a numeric glob',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: [x/y, ^5]\n    do: [runner.a.b]`,
  },
  { what: 'an empty on', code: 'WRONG_TYPE', yaml: `rules:\n  a:\n    on: ^[]\n    do: [runner.a.b]` },
  {
    what: 'an unknown verb',
    code: 'UNKNOWN_VERB',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^locl.test.ping: {tgt: x}`,
    hint: /did you mean local\.test\.ping\?/,
  },
  {
    what: 'a function without a verb',
    code: 'UNKNOWN_VERB',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^service.restart: {tgt: x}`,
    hint: /local\.service\.restart/,
  },
  {
    what: 'another event function',
    code: 'UNKNOWN_FUNCTION',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^event.fire: {tag: x}`,
    hint: /event\.send/,
  },
  {
    what: 'a call without a function',
    code: 'BAD_ACTION',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^local.ping: {tgt: x}`,
  },
  {
    what: 'two calls in one item',
    code: 'BAD_ACTION',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^local.test.ping: {tgt: x}\n        runner.a.b:`,
    hint: /own `-`/,
  },
  {
    what: 'an unknown key of an action',
    code: 'UNKNOWN_KEY',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.ping: {tgt: x, ^kwargs: {a: 1}}`,
    hint: /did you mean kwarg\?/,
  },
  {
    what: 'no target',
    code: 'MISSING_KEY',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^local.test.ping:`,
    hint: /tgt/,
  },
  {
    what: 'no tag',
    code: 'MISSING_KEY',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - ^event.send: {data: {}}`,
  },
  {
    what: 'a tag with a line break',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - event.send: {tag: ^"x\\ny"}`,
  },
  {
    what: 'args that are text',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.ping: {tgt: x, args: ^abc}`,
  },
  {
    what: 'args beside kwarg',
    code: 'BAD_ACTION',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.ping: {tgt: x, ^args: [1], kwarg: {a: 1}}`,
  },
  {
    what: 'a timeout that is text',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.ping: {tgt: x, timeout: ^soon}`,
  },
  {
    what: 'an item with two keys in a body that is a list',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.ping:\n          - ^tgt: x\n            arg: [1]`,
  },
  {
    what: 'a template without quotes',
    code: 'BAD_YAML',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.ping: {tgt: {^{ data.id }}}`,
    hint: /quote templates/,
  },
  {
    what: 'an expression in braces',
    code: 'TEMPLATE_IN_EXPRESSION',
    yaml: `rules:\n  a:\n    on: a/b\n    if: ^'{{ data.x }}'\n    do: [runner.a.b]`,
    hint: /without/,
  },
  {
    what: 'a variable that hides the event',
    code: 'BAD_NAME',
    yaml: `rules:\n  a:\n    on: a/b\n    vars: {^data: '1'}\n    do: [runner.a.b]`,
  },
  {
    what: 'a description that is a list',
    code: 'WRONG_TYPE',
    yaml: `rules:\n  a:\n    on: a/b\n    description: ^[x]\n    do: [runner.a.b]`,
  },
  {
    what: 'a key twice',
    code: 'DUPLICATE_KEY',
    yaml: `rules:\n  a:\n    on: a/b\n    do: [runner.a.b]\n  ^a:\n    on: a/c\n    do: [runner.a.b]`,
  },
  { what: 'broken YAML', code: 'BAD_YAML', yaml: `rules:\n  a: [1, 2\n^` },
  { what: 'a reactor mapping', code: 'REACTOR_MAP', yaml: `reactor:\n  ^a/b: x.sls`, hint: /- / },
  {
    what: 'an entry with two globs',
    code: 'REACTOR_MAP',
    yaml: `reactor:\n  - a/b: x.sls\n    ^a/c: x.sls`,
    files: { '/r/x.sls': '' },
  },
  { what: 'an entry that is text', code: 'REACTOR_MAP', yaml: `reactor:\n  - ^a/b` },
  { what: 'a reference that is a number', code: 'REACTOR_MAP', yaml: `reactor:\n  - a/b: ^5` },
  {
    what: 'a missing SLS file',
    code: 'MISSING_SLS',
    yaml: `reactor:\n  - a/b: [^strat.sls]`,
    files: { '/r/start.sls': '' },
    hint: /did you mean start\.sls\?/,
  },
  {
    what: 'a glob of SLS files that names none',
    code: 'MISSING_SLS',
    yaml: `reactor:\n  - a/b: [^/srv/d/*.sls]`,
    severity: 'warning',
  },
  {
    what: 'an unknown environment',
    code: 'MISSING_SLS',
    yaml: `reactor:\n  - a/b: ^salt://x.sls?saltenv=bsae`,
    hint: /base/,
  },
  {
    what: 'a path that leaves file_roots',
    code: 'MISSING_SLS',
    yaml: `reactor:\n  - a/b: ^salt://../../etc/passwd`,
  },
  {
    what: 'a file that may not be read',
    code: 'UNREADABLE_FILE',
    yaml: `reactor:\n  - a/b: ^/s/secret.sls`,
    files: { '/s/secret.sls': null },
  },
  { what: 'a missing map file', code: 'MISSING_FILE', yaml: `reactor: ^/etc/none.conf` },
  {
    what: 'a tag that nothing has',
    code: 'UNKNOWN_TAG',
    severity: 'warning',
    yaml: `rules:\n  a: {on: ^salt/minoin/*/start, do: [runner.a.b]}`,
    hint: /did you mean salt\/minion\/\*\/start\?/,
  },
  {
    what: 'a slip in the first word',
    code: 'UNKNOWN_TAG',
    severity: 'warning',
    yaml: `rules:\n  a: {on: [a/b, ^slat/job/*/ret/web*], do: [runner.a.b]}`,
    hint: /did you mean salt\/job/,
  },
  {
    what: 'a yes that Salt would read as true',
    code: 'WRONG_TYPE',
    severity: 'warning',
    yaml: `rules:\n  a:\n    on: a/b\n    do:\n      - local.test.arg: {tgt: x, kwarg: {reload: ^yes, why: 'no'}}`,
    hint: /write true/,
  },
  {
    what: 'a rule that triggers itself',
    code: 'SELF_TRIGGER',
    severity: 'warning',
    yaml: `rules:\n  a:\n    on: acme/*\n    do:\n      - ^event.send: {tag: 'acme/{{ data.id }}'}`,
    hint: /depth/,
  },
];

describe('problems of reactor files', () => {
  it.each(mistakes)('$what: $code', ({ yaml, code, hint, severity = 'error', files }) => {
    const before = yaml.slice(0, yaml.indexOf('^'));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const text = yaml.replace('^', '');
    const { problems } = load(text, files);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, severity, file: '/r/main.yaml', line, column });
    expect(problems[0]?.source).toBe(text.split('\n')[line - 1]);
    if (hint !== undefined) expect(problems[0]?.hint).toMatch(hint);
  });

  it('reports all problems of all files at once and keeps the sound rules', () => {
    const { ruleSet, problems } = load(
      `rules:
  good: {on: a/b, do: [runner.jobs.active]}
  bad: {on: salt/minoin/x/start, dou: []}
reactor:
  - a/b: none.sls`,
      { '/r/other.yaml': 'rules: {worse: {do: 5}}', '/r/third.yml': 'rulse: {}' },
    );
    expect(ruleSet.rules.map((rule) => rule.name)).toEqual(['good']);
    expect(problems.map((problem) => `${problem.file} ${problem.code}`)).toEqual([
      '/r/main.yaml MISSING_SLS',
      '/r/main.yaml UNKNOWN_KEY',
      '/r/main.yaml MISSING_KEY',
      '/r/other.yaml MISSING_KEY',
      '/r/other.yaml WRONG_TYPE',
      '/r/third.yml UNKNOWN_KEY',
      '/r/main.yaml UNKNOWN_TAG',
    ]);
  });

  it('says which rule had a name first', () => {
    const { problems } = load('rules: {a: {on: a/b, do: [runner.a.b]}}', {
      '/r/other.yaml': 'rules:\n  a: {on: a/c, do: [runner.a.b]}',
    });
    expect(problems).toMatchObject([{ code: 'DUPLICATE_RULE', file: '/r/other.yaml', line: 2, column: 3 }]);
    expect(problems[0]?.message).toContain('/r/main.yaml:1');
  });

  it('places broken templates where they stand', () => {
    const { problems } = load(
      `rules:
  a:
    on: a/b
    vars: {x: 'data.'}
    if: data.fun == (
    do:
      - local.test.echo: {tgt: '{{ data.id }', args: ['{% if %}']}
reactor:
  - a/b: broken.sls`,
      { '/r/broken.sls': 'fine: runner.a.b\n{% if data.x %}\n' },
    );
    const places = problems.map((problem) => `${problem.file}:${problem.line}`);
    expect(places.filter((place) => place === '/r/main.yaml:4')).toHaveLength(1);
    expect(places.filter((place) => place === '/r/main.yaml:5')).toHaveLength(1);
    expect(places.filter((place) => place === '/r/main.yaml:7')).toHaveLength(2);
    expect(places.filter((place) => place.startsWith('/r/broken.sls'))).toHaveLength(1);
    expect(problems).toHaveLength(5);
    for (const problem of problems) expect(problem.source).toBeDefined();
  });

  it('warns of functions that do not exist, in rules and in SLS files', () => {
    const { problems } = load(
      `rules:
  a:
    on: a/b
    do:
      - local.service.restrat: {tgt: x}
      - runner.jobs.active:
reactor:
  - a/b: x.sls`,
      {
        '/r/x.sls':
          'id:\n  local.test.pnig:\n    - tgt: x\nother: wheel.key.accept\nthird:\n  lcal.test.ping: []\n',
      },
      { knownFunctions: { local: ['service.restart', 'test.ping'], runner: ['jobs.active'] } },
    );
    expect(problems).toMatchObject([
      { code: 'UNKNOWN_FUNCTION', file: '/r/x.sls', line: 2, column: 3, hint: 'did you mean test.ping?' },
      { code: 'UNKNOWN_VERB', file: '/r/x.sls', line: 6, hint: 'did you mean local.test.ping?' },
      { code: 'UNKNOWN_FUNCTION', line: 5, hint: 'did you mean service.restart?', severity: 'warning' },
    ]);
  });

  it('does not warn of tags of one’s own, nor of tags that rules send', () => {
    const { problems } = load(`rules:
  a: {on: acme/deploy/*, do: [{event.send: {tag: 'salt/mine/{{ data.id }}/x'}}]}
  b: {on: salt/mine/web1/*, do: [runner.a.b]}
  c: {on: '*', do: [runner.a.b]}
  d: {on: salt/job/*/ret/web[0-9], do: [runner.a.b]}`);
    expect(problems.filter((problem) => problem.code === 'UNKNOWN_TAG')).toEqual([]);
  });

  it('survives a file that is not for it', () => {
    for (const text of ['', '# nothing', '---\n', 'null'])
      expect(load(text).problems, JSON.stringify(text)).toEqual([]);
    for (const text of [
      '5',
      'text',
      'rules: 5',
      'rules:',
      'reactor:',
      '\u0000',
      '- 5',
      'a: &a [*a]',
      '? [x]\n: y',
    ])
      expect(load(text).problems.length, JSON.stringify(text)).toBeGreaterThan(0);
  });
});
