import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/brine.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Cli, type Ran, run } from './harness.ts';

const sls = `{% set up = salt['saltutil.runner']('manage.up') %}
{% set word = salt['cmd.run'](['echo', data.id], cwd='/') %}
{% if data.id in up %}
go:
  local.test.echo:
    - tgt: {{ data.id }}
    - arg: ['{{ word }}', '{{ salt['sdb.get']('sdb://env/SECRET') }}']
{% endif %}
`;

interface Rendered {
  readonly chunks: readonly { readonly arg?: readonly unknown[] }[];
  readonly problems: readonly { readonly code: string; readonly line: number }[];
  readonly needs?: readonly { readonly fun: string; readonly arg: readonly unknown[] }[];
  readonly lookups?: readonly { readonly fun: string; readonly answer?: unknown }[];
}

describe('look-ups on the command line', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const flags = ['--config', at('brine.yaml'), '--data-dir', at('d')];
  const brine = (...argv: string[]): Promise<Ran> =>
    run([...flags, ...argv], { cwd: folder.path, env: { SECRET: 'hunter2' } });
  const render = (...argv: string[]): Promise<Ran> =>
    brine('render', 'a.sls', '--tag', 'acme/a', '--data', '{"id": "m1"}', ...argv);
  const rendered = ({ stdout }: Ran): Rendered => JSON.parse(stdout) as Rendered;

  beforeAll(() => {
    writeFileSync(
      at('brine.yaml'),
      'id: m1\nport: 0\nenrol_port: 0\nreactors: map.yaml\nlookup_allow: [cmd.run]\nsdb: {env: {driver: env}}\n',
    );
    writeFileSync(at('map.yaml'), "reactor:\n  - 'acme/a':\n    - a.sls\n");
    writeFileSync(at('a.sls'), sls);
  });

  afterAll(() => folder[Symbol.dispose]());

  it('render says what a file asks, for people and for machines', async () => {
    const shown = await render();
    expect(shown.code).toBe(1);
    expect(shown.stderr).toContain(
      'It asks, and an answer may lead to more:\n  saltutil.runner("manage.up")\n  cmd.run(["echo", "m1"], cwd="/")\n',
    );
    const { chunks, problems, needs } = rendered(await render('--json'));
    expect(chunks).toEqual([]);
    expect(problems).toMatchObject([{ code: 'TEMPLATE_LOOKUP', line: 1 }]);
    expect(needs).toEqual([
      { fun: 'saltutil.runner', arg: ['manage.up'] },
      { fun: 'cmd.run', arg: [['echo', 'm1']], kwarg: { cwd: '/' } },
    ]);
  });

  it('render takes answers by hand: for a call, or for a function whatever it is given', async () => {
    const done = await render(
      '--json',
      '--lookup',
      `saltutil.runner('manage.up')=["m1"]`,
      '--lookup',
      `cmd.run(['echo', 'm1'], cwd="/")="a)=b"`,
      '--lookup',
      'sdb.get="hunter2"',
    );
    expect(done.code).toBe(0);
    const { chunks, lookups } = rendered(done);
    expect(chunks).toMatchObject([{ arg: ['a)=b', 'hunter2'] }]);
    expect(lookups?.map(({ fun, answer }) => [fun, answer])).toEqual([
      ['saltutil.runner', ['m1']],
      ['cmd.run', 'a)=b'],
      ['sdb.get', '[redacted]'],
    ]);
    const other = await render(
      '--json',
      '--lookup',
      'saltutil.runner("manage.down")=["m1"]',
      '--lookup',
      'cmd.run=1',
    );
    expect(rendered(other).needs).toEqual([{ fun: 'saltutil.runner', arg: ['manage.up'] }]);
  });

  it.each([
    ['cmd.run', 'it is not like mod.fn=JSON'],
    ['cmd.run=x', 'cmd.run=x'],
    [`pillar.get('a')=1`, 'is answered in place'],
    [`cmd.run('a'=1`, 'it is not like'],
  ])('refuses the answer %s', async (given, why) => {
    const { code, stderr } = await render('--lookup', given);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why) as string]);
  });

  it('say at once when the system does not run', async () => {
    const { code, stderr } = await render('--ask');
    expect(code).toBe(1);
    expect(stderr).toContain('asked: saltutil.runner("manage.up") → unreachable: ');
    expect(stderr).not.toContain('no answer within');
  });

  it('ask the running system, and explain an event again with what it was told', async () => {
    const answers: string[] = [];
    const server = createServer((_request, response) => {
      answers.push(`call ${answers.length + 1}`);
      response.end(answers.at(-1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      at('a.sls'),
      `${sls}\nsay:\n  local.test.echo:\n    - tgt: none\n    - arg: ['{{ salt['http.query']('http://127.0.0.1:${port}/').body }}']\n`,
    );
    const up = new Cli([...flags, 'up', '--json'], { cwd: folder.path, env: { SECRET: 'hunter2' } });
    await up.printed(/"ready":true/);
    const asked = await render('--ask', '--json');
    expect(rendered(asked).chunks).toMatchObject([{ arg: ['m1', 'hunter2'] }, { arg: ['call 1'] }]);

    await brine('event', 'fire', 'acme/a', '{"id": "m1"}');
    const event = await eventually(async () => {
      const { stdout } = await brine('status', '--decisions', '50', '--out', 'json');
      return (JSON.parse(stdout) as { event: string; tag: string }[]).find(({ tag }) => tag === 'acme/a')
        ?.event;
    }, 'the decision');
    expect(answers).toHaveLength(2);
    const again = await brine('explain', '--event', event);
    expect(again.stdout).toContain('reactor:acme/a: fired');
    expect(again.stdout).toContain('  asked: saltutil.runner("manage.up") → ["m1"]\n');
    expect(again.stdout).toContain('call 2');
    expect(again.stdout).toContain('  asked: sdb.get("sdb://env/SECRET") → [redacted]\n');
    expect(again.stdout).not.toContain('call 3');
    expect(answers).toHaveLength(2);
    const none = await brine('explain', '--event', `${event.slice(0, 8)}-999999`);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('There is no event') as string]);
    up.signal('SIGTERM');
    expect(await up.done).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    // Its handle is let go of a little after it says that it is closed.
    await eventually(
      () => (process.getActiveResourcesInfo().includes('TCPServerWrap') ? undefined : true),
      'the end of the web server',
    );
  });
});
