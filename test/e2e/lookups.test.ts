import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

interface Decision {
  readonly event: string;
  readonly tag: string;
  readonly rule: string;
  readonly verdict: string;
  readonly reason: string;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  readonly lookups?: readonly { readonly fun: string; readonly answer?: unknown; readonly error?: object }[];
}

/** A folder with a configuration, SLS files that watch `acme/<name>`, and native rules. */
function place(
  folder: string,
  sls: Readonly<Record<string, string>>,
  more: string = '',
): { flags: string[]; out: (name: string) => string } {
  mkdirSync(join(folder, 'sls'));
  const entries = Object.keys(sls).map((name) => ({
    [`acme/${name}`]: [join(folder, 'sls', `${name}.sls`)],
  }));
  for (const [name, text] of Object.entries(sls))
    writeFileSync(join(folder, 'sls', `${name}.sls`), text.replaceAll('FOLDER', folder));
  writeFileSync(join(folder, 'map.yaml'), JSON.stringify({ reactor: entries }));
  writeFileSync(join(folder, 'secrets.yaml'), 'db: {password: hunter2}\n');
  writeFileSync(
    join(folder, 'brine.yaml'),
    `id: host1\nreactors: map.yaml\nport: 0\nenrol_port: 0\n${more.replaceAll('FOLDER', folder)}`,
  );
  const flags = ['--config', join(folder, 'brine.yaml'), '--data-dir', join(folder, 'd')];
  return { flags, out: (name) => join(folder, name) };
}

async function decisionsOf(tag: string, flags: readonly string[]): Promise<Decision[]> {
  return eventually(async () => {
    const { stdout } = await brine(['status', '--decisions', '200', '--out', 'json', ...flags]);
    const found = (JSON.parse(stdout) as Decision[]).filter((decision) => decision.tag === tag);
    return found.length > 0 ? found : undefined;
  }, `a decision on ${tag}`);
}

async function web(answer: object): Promise<Server & AsyncDisposable> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

const write = (file: string, text: string): string =>
  `note:\n  local.file.append:\n    - tgt: host1\n    - arg: ['${file}', '${text}']\n`;

test('a Salt file asks commands, runners, web services and secrets, and the answers stay with its decision', async () => {
  using folder = temporaryFolder();
  await using server = await web({ role: 'db', token: 'hunter2' });
  const { port } = server.address() as AddressInfo;
  const { flags, out } = place(
    folder.path,
    {
      all: `{% set up = salt['saltutil.runner']('manage.up') %}
{% set grains_of = salt['saltutil.runner']('cache.grains', arg=['host1']) %}
{% set word = salt['cmd.run'](['echo', data.word]) %}
{% set split = salt['cmd.run']('echo one; echo two') %}
{% set role = salt['http.query']('http://127.0.0.1:${port}/', decode=True).dict.role %}
{% set names = salt['mine.get']('host*', 'network.get_hostname') %}
{% set own = salt['network.get_hostname']() %}
{% set secret = salt['sdb.get']('sdb://vault/db:password') %}
{% if 'host1' in up and names == {'host1': own} and grains.nodename == own and secret == 'hunter2' and grains.os is defined %}
note:
  local.file.append:
    - tgt: host1
    - arg:
      - FOLDER/out
      - '{{ word }}'
      - '{{ split }}'
      - '{{ role }} {{ grains_of.host1.id }}'
{% endif %}
`,
    },
    'lookup_allow: [cmd.run]\nsdb: {vault: {driver: yaml, files: [secrets.yaml]}}\n',
  );
  await using up = new Daemon(['up', '--json', ...flags]);
  await up.json((line) => line['ready'] === true);
  const data = JSON.stringify({ word: '$(touch /tmp/x); `id`' });
  expect((await brine(['event', 'fire', 'acme/all', data, ...flags])).code).toBe(0);
  const lines = await eventually(() => {
    const written = existsSync(out('out')) ? readFileSync(out('out'), 'utf8').split('\n') : [];
    return written.length === 4 ? written.slice(0, 3) : undefined;
  }, 'what the reaction writes');
  expect(lines).toEqual(['$(touch /tmp/x); `id`', 'one; echo two', 'db host1']);

  const [decision] = await decisionsOf('acme/all', flags);
  expect(decision?.verdict).toBe('fired');
  expect(decision?.lookups?.map(({ fun }) => fun)).toEqual([
    'saltutil.runner',
    'saltutil.runner',
    'cmd.run',
    'cmd.run',
    'http.query',
    'mine.get',
    'network.get_hostname',
    'sdb.get',
  ]);
  expect(decision?.lookups?.[0]?.answer).toEqual(['host1']);
  expect(JSON.stringify(decision)).not.toContain('hunter2');

  // Look-ups leave no jobs and no events behind.
  expect(up.lines.join('\n')).not.toContain('salt/run/');
});

test('a look-up that hangs fails at its limit, is ended, and stops nobody else', async () => {
  using folder = temporaryFolder();
  const { flags, out } = place(
    folder.path,
    {
      hang: `{% set x = salt['cmd.run'](['sh', '-c', 'echo $$ > FOLDER/pid; exec sleep 600']) %}\n${write('FOLDER/hung', 'x')}`,
      quick: write('FOLDER/quick', '{{ data.n }}'),
      refused: `{{ salt['cmd.shell']('id') }}`,
    },
    'lookup_allow: [cmd.run]\nlookup_timeout: 12\n',
  );
  await using up = new Daemon(['up', '--json', ...flags]);
  await up.json((line) => line['ready'] === true);
  await brine(['event', 'fire', 'acme/hang', ...flags]);
  const pid = await eventually(
    () => (existsSync(out('pid')) ? Number(readFileSync(out('pid'), 'utf8')) || undefined : undefined),
    'the command',
  );
  await brine(['event', 'fire', 'acme/quick', '{"n": 1}', ...flags]);
  await eventually(() => (existsSync(out('quick')) ? true : undefined), 'the other reaction');
  expect(() => process.kill(pid, 0)).not.toThrow();

  const [decision] = await decisionsOf('acme/hang', flags);
  expect(decision).toMatchObject({ verdict: 'problem', problems: [{ code: 'LOOKUP_FAILED' }] });
  expect(decision?.reason).toContain('no answer within 12 s, the limit of lookup_timeout');
  await eventually(() => {
    try {
      process.kill(pid, 0);
      return undefined;
    } catch {
      return true;
    }
  }, 'the end of the command');
  expect(existsSync(out('hung'))).toBe(false);

  await brine(['event', 'fire', 'acme/refused', ...flags]);
  const [refused] = await decisionsOf('acme/refused', flags);
  expect(refused?.reason).toContain("the setting lookup_allow: ['cmd.shell'] allows it");
});

test('a reactor that is killed between the question and the decision decides the event once, after its start', async () => {
  using folder = temporaryFolder();
  const { flags, out } = place(
    folder.path,
    {
      slow: `{% set x = salt['cmd.run'](['sh', '-c', 'echo asked >> FOLDER/asked; while [ ! -e FOLDER/go ]; do sleep 0.05; done; echo told']) %}\n${write('FOLDER/slow', '{{ x }} {{ data.n }}')}`,
      quick: write('FOLDER/quick', '{{ data.n }}'),
    },
    'lookup_allow: [cmd.run]\nlookup_timeout: 60\nlookup_wait: 60\n',
  );
  await using master = new Daemon(['master', '--json', ...flags]);
  await master.json((line) => line['ready'] === true);
  await using minion = new Daemon(['minion', '--json', ...flags]);
  await minion.json((line) => line['ready'] === true);
  const reactor = new Daemon(['reactor', '--json', ...flags]);
  await reactor.json((line) => line['ready'] === true);
  const asked = (): number =>
    existsSync(out('asked')) ? readFileSync(out('asked'), 'utf8').trim().split('\n').length : 0;

  await brine(['event', 'fire', 'acme/slow', '{"n": 1}', ...flags]);
  await eventually(() => (asked() === 1 ? true : undefined), 'the question');
  // A later event is decided and its place in the log stored, while the first one waits.
  await brine(['event', 'fire', 'acme/quick', '{"n": 2}', ...flags]);
  await eventually(() => (existsSync(out('quick')) ? true : undefined), 'the later reaction');
  await reactor.kill('SIGKILL');

  await using again = new Daemon(['reactor', '--json', ...flags]);
  await again.json((line) => line['ready'] === true);
  await eventually(() => (asked() === 2 ? true : undefined), 'the question again');
  writeFileSync(out('go'), '');
  await eventually(() => (existsSync(out('slow')) ? true : undefined), 'the first reaction');
  const [slow, ...more] = await decisionsOf('acme/slow', flags);
  expect(more).toEqual([]);
  expect(slow).toMatchObject({ verdict: 'fired', lookups: [{ fun: 'cmd.run', answer: 'told' }] });
  expect(await decisionsOf('acme/quick', flags)).toHaveLength(1);
  // Sent after everything else: when it is there, nothing else is under way.
  await brine(['event', 'fire', 'acme/quick', '{"n": 3}', ...flags]);
  await eventually(
    () => (readFileSync(out('quick'), 'utf8').includes('3') ? true : undefined),
    'the last reaction',
  );
  expect(readFileSync(out('slow'), 'utf8')).toBe('told 1\n');
  expect(readFileSync(out('quick'), 'utf8')).toBe('2\n3\n');
});
