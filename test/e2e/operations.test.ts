import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

const reactors = `
rules:
  ping:
    on: acme/ping
    do:
      - local.test.ping: {tgt: '*'}
`;

/** The flags of a data folder that has a rule. */
function prepare(folder: string): string[] {
  mkdirSync(join(folder, 'reactors'), { recursive: true });
  writeFileSync(join(folder, 'reactors', 'ping.yaml'), reactors);
  const config = join(folder, 'brine.yaml');
  const api = { port: 0, metrics_open: true };
  const settings = { id: 'web1', port: 0, enrol_port: 0, reactors: 'reactors', api };
  writeFileSync(config, JSON.stringify(settings));
  return ['--config', config, '--data-dir', join(folder, 'd')];
}

/** `name{labels}` → value. */
async function metricsOf(api: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${api}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

async function probe(api: string): Promise<readonly [number, unknown]> {
  const answer = await fetch(`${api}/readyz`);
  return [answer.status, await answer.json()];
}

const well = [200, { ready: true, problems: [] }];

describe('metrics and probes', () => {
  test('count what happened once, by role, when one process plays all roles', async () => {
    using folder = temporaryFolder();
    const flags = prepare(folder.path);
    await using up = new Daemon(['up', '--json', ...flags]);
    const api = String((await up.json((line) => line['ready'] === true))['api']);
    await brine(['event', 'send', 'acme/ping', '{}', ...flags]);
    await brine(['event', 'send', 'acme/ping', '{}', ...flags]);
    const metrics = await eventually(async () => {
      const now = await metricsOf(api);
      const isDone = now.get('brine_return_seconds_count{role="master"}') === 2;
      // Each role reports its queues on its own, some seconds after its start.
      const haveReported = ['role="reactor",queue="outbox"', 'role="api",queue="requests under way"'].every(
        (labels) => now.has(`brine_queue_depth{${labels},of=""}`),
      );
      return isDone && haveReported ? now : undefined;
    }, 'two returns and a report of queues');
    for (const role of ['api', 'master', 'minion', 'reactor'])
      expect([
        role,
        metrics.get(`brine_up{role="${role}"}`),
        metrics.get(`brine_ready{role="${role}"}`),
      ]).toEqual([role, 1, 1]);
    expect(Object.fromEntries(metrics)).toMatchObject({
      'brine_rule_decisions_total{rule="ping",verdict="fired",role="reactor"}': 2,
      'brine_decision_seconds_count{role="reactor"}': 2,
      'brine_reaction_seconds_count{role="reactor"}': 2,
      'brine_jobs_total{role="master"}': 2,
      'brine_returns_total{success="true",role="master"}': 2,
      'brine_minions_connected{role="master"}': 1,
      'brine_master_connected{role="minion"}': 1,
      'brine_last_reload_successful{role="reactor"}': 1,
      'brine_queue_depth{role="reactor",queue="events to read",of=""}': 0,
      'brine_queue_depth{role="api",queue="requests under way",of=""}': expect.any(Number) as unknown,
    });
    expect(metrics.get('brine_decision_seconds_sum{role="reactor"}')).toBeLessThan(30);
    // What only one role can know is not there as a zero of the others.
    const jobs = [...metrics.keys()].filter((name) => name.startsWith('brine_jobs_total'));
    expect(jobs).toEqual(['brine_jobs_total{role="master"}']);
    const scraped = [...metrics].find(([name]) => name.startsWith('brine_http_request_seconds_count'));
    expect(scraped?.[0]).toContain('method="GET",route="/metrics",status="2xx"');
  });

  test('tell of a role that hangs and of one that is gone, and of their return', async () => {
    using folder = temporaryFolder();
    const flags = prepare(folder.path);
    await using master = new Daemon(['master', '--json', ...flags]);
    await master.json((line) => line['ready'] === true);
    const startReactor = async (): Promise<Daemon> => {
      const reactor = new Daemon(['reactor', '--json', ...flags]);
      await reactor.json((line) => line['ready'] === true);
      return reactor;
    };
    let reactor = await startReactor();
    await using server = new Daemon(['api', '--json', ...flags]);
    const api = String((await server.json((line) => line['ready'] === true))['api']);
    const upOf = async (role: string): Promise<unknown> =>
      (await metricsOf(api)).get(`brine_up{role="${role}"}`);
    const poll = { timeout: 30_000 };
    await expect.poll(() => probe(api), poll).toEqual(well);
    expect([await upOf('master'), await upOf('reactor'), await upOf('minion')]).toEqual([1, 1, undefined]);

    reactor.child.kill('SIGSTOP');
    await expect
      .poll(() => probe(api), poll)
      .toEqual([503, { ready: false, problems: ['reactor: it does not answer'] }]);
    await expect.poll(() => upOf('reactor'), poll).toBe(0);
    expect(await upOf('master')).toBe(1);
    reactor.child.kill('SIGCONT');
    await expect.poll(() => probe(api), poll).toEqual(well);
    await expect.poll(() => upOf('reactor'), poll).toBe(1);

    await reactor.kill('SIGKILL');
    await expect
      .poll(() => probe(api), poll)
      .toEqual([503, { ready: false, problems: ['reactor: it does not run'] }]);
    reactor = await startReactor();
    await expect.poll(() => probe(api), poll).toEqual(well);

    await master.kill('SIGKILL');
    await expect.poll(async () => (await probe(api))[0], poll).toBe(503);
    await expect.poll(() => upOf('master'), poll).toBe(0);
    expect(await upOf('api')).toBe(1);
    expect((await fetch(`${api}/healthz`)).status).toBe(200);
    await reactor[Symbol.asyncDispose]();
  }, 120_000);
});
