import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temp.ts';
import { type Ran, run } from './harness.ts';

/** The commands that only read files. */
describe('questions to the rules', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const brine = (...argv: string[]): Promise<Ran> =>
    run(['--config', at('brine.yaml'), '--data-dir', at('d'), ...argv], { cwd: folder.path });

  beforeAll(() => {
    writeFileSync(at('brine.yaml'), 'reactors: [rules.yaml, map.yaml]\n');
    writeFileSync(at('map.yaml'), "reactor:\n  - 'salt/auth':\n    - sls/accept.sls\n".replace('sls/', ''));
    writeFileSync(at('accept.sls'), acceptSls);
    writeFileSync(
      at('rules.yaml'),
      `rules:
  restart:
    on: salt/job/*/ret/*
    if: data.fun == 'service.status' and not data['return']
    do:
      - local.service.restart: {tgt: '{{ data.id }}', args: {name: '{{ data.fun_args[0] }}'}}
`,
    );
    writeFileSync(at('broken.yaml'), 'rules:\n  a:\n    onn: x\n    do: []\n  b:\n    on: [1]\n');
  });

  afterAll(() => folder[Symbol.dispose]());

  const acceptSls = `{% if data['id'].startswith('web') %}
second:
  local.test.ping:
    - tgt: {{ data['id'] }}
accept_key:
  wheel.key.accept:
    - args:
      - match: {{ data['id'] }}
{% endif %}
`;
  const web1 = ['--tag', 'salt/auth', '--data', '{"id": "web1"}'];

  it('check: no problem is 0', async () => {
    const { code, stdout } = await brine('check');
    expect([code, stdout]).toEqual([0, '2 rules in 3 files: 0 errors, 0 warnings\n']);
  });

  it('check: every problem at once with place, caret and suggestion is 2', async () => {
    const { code, stdout } = await brine('check', 'broken.yaml');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /broken\.yaml:3:5: error: .*onn.* \[UNKNOWN_KEY\]\n.*\n3 \| {5}onn: x\n.*\^\n.*did you mean on/,
    );
    expect(stdout).toMatch(/broken\.yaml:6:/);
    const { stdout: json } = await brine('check', 'broken.yaml', '--out', 'json');
    const report = JSON.parse(json) as { errors: number; problems: { code: string; line: number }[] };
    expect(report.errors).toBe(report.problems.length);
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'UNKNOWN_KEY', line: 3 }));
  });

  it('check: a function that does not exist is a warning with a suggestion', async () => {
    const rule = (action: string): string => `rules:\n  a:\n    on: acme/x\n    do: [{${action}}]\n`;
    writeFileSync(at('typo.yaml'), rule("local.test.pong: {tgt: '*'}"));
    const local = await brine('check', 'typo.yaml');
    expect([local.code, local.stdout]).toEqual([
      0,
      expect.stringMatching(/UNKNOWN_FUNCTION[\s\S]*did you mean test\.ping/),
    ]);
    writeFileSync(at('typo.yaml'), rule('wheel.key.acept: {args: {match: x}}'));
    expect((await brine('check', 'typo.yaml')).stdout).toMatch(
      /UNKNOWN_FUNCTION[\s\S]*did you mean key\.accept/,
    );
  });

  it('render --json: the chunks in dispatch order, without __sls__', async () => {
    const { code, stdout } = await brine('render', 'accept.sls', ...web1, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      chunks: [
        { state: 'local', name: 'second', __id__: 'second', tgt: 'web1', order: 1, fun: 'test.ping' },
        {
          state: 'wheel',
          name: 'accept_key',
          __id__: 'accept_key',
          args: [{ match: 'web1' }],
          order: 1,
          fun: 'key.accept',
        },
      ],
      problems: [],
    });
  });

  it('render: data from a file, chunks as YAML, nothing for another event', async () => {
    writeFileSync(at('data.json'), '{"id": "web1"}');
    const { code, stdout } = await brine('render', at('accept.sls'), '--tag', 't', '--data', '@data.json');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/__id__: second[\s\S]*__id__: accept_key/)]);
    const none = await brine('render', 'accept.sls', '--tag', 't', '--data', '{"id": "db1"}', '--json');
    expect([none.code, JSON.parse(none.stdout)]).toEqual([0, { chunks: [], problems: [] }]);
  });

  it('render: event data with the user Reactor is rendered too, because nobody asks the guard', async () => {
    const data = '{"id": "web1", "user": "Reactor"}';
    const { stdout } = await brine('render', 'accept.sls', '--tag', 't', '--data', data, '--json');
    expect((JSON.parse(stdout) as { chunks: unknown[] }).chunks).toHaveLength(2);
  });

  it('render: a problem is 1, with its place', async () => {
    writeFileSync(at('bad.sls'), 'a:\n  local.test.ping:\n    - tgt: {{ data.nope.x }}\n');
    const { code, stdout } = await brine('render', 'bad.sls', ...web1, '--json');
    expect(code).toBe(1);
    const { chunks, problems } = JSON.parse(stdout) as { chunks: unknown[]; problems: object[] };
    expect(chunks).toEqual([]);
    expect(problems).toEqual([
      {
        code: 'TEMPLATE_UNDEFINED',
        message: expect.any(String) as string,
        file: at('bad.sls'),
        line: 3,
        column: expect.any(Number) as number,
      },
    ]);
    expect(await brine('render', 'absent.sls', ...web1, '--json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('MISSING_SLS') as string,
    });
  });

  it('explain --json: an entry for each rule that watches the tag, with --all for the others too', async () => {
    const data = '{"id": "web1", "fun": "service.status", "fun_args": ["nginx"], "return": false}';
    const argv = ['explain', '--tag', 'salt/job/1/ret/web1', '--data', data, '--json'];
    const { code, stdout } = await brine(...argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      event: { tag: 'salt/job/1/ret/web1', data: { id: 'web1' } },
      rules: [
        {
          rule: 'restart',
          verdict: 'fired',
          reason: expect.any(String) as string,
          actions: [{ kind: 'local', fun: 'service.restart', tgt: 'web1', kwarg: { name: 'nginx' } }],
        },
      ],
    });
    const all = JSON.parse((await brine(...argv, '--all')).stdout) as { rules: { verdict: string }[] };
    expect(all.rules.map(({ verdict }) => verdict)).toEqual(['fired', 'no-match']);
  });

  it('explain: says for people what would be done, and why not', async () => {
    const fired = await brine('explain', ...web1);
    expect(fired.stdout).toMatch(
      /fired, .*\n {2}would do: local test\.ping on web1\n {2}would do: wheel key\.accept\n/,
    );
    const not = await brine('explain', '--tag', 'salt/job/1/ret/web1', '--data', '{"fun": "test.ping"}');
    expect(not.stdout).toMatch(/restart: condition-false, .*data\.fun is "test\.ping"/);
    expect((await brine('explain', '--tag', 'other')).stdout).toMatch(/No rule watches other/);
  });

  it('match: the rules that watch a tag, or 1', async () => {
    const { code, stdout } = await brine('match', 'salt/job/1/ret/web1');
    expect([code, stdout]).toEqual([0, `restart\tsalt/job/*/ret/*\t${at('rules.yaml')}:2\n`]);
    expect((await brine('match', 'other')).code).toBe(1);
  });

  it('a wrong configuration is 2, with every problem', async () => {
    writeFileSync(at('wrong.yaml'), 'prot: 1\nport: x\n');
    const { code, stderr } = await run(['check', '--config', at('wrong.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /wrong\.yaml:1:1: error: .*CONFIG_UNKNOWN_KEY[\s\S]*Did you mean `port`\?[\s\S]*wrong\.yaml:2:7/,
    );
  });
});
