import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connectBus, type LinkClient } from '../../src/bus/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { brine, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { ask, Cluster } from './support/cluster.ts';

const redMs = 10_000;
const healedMs = 30_000;

async function problemsOf(link: LinkClient): Promise<string[]> {
  const health = await ask(link, 'health');
  const problems = health.get('problems');
  expect(health.get('live')).toBe(true);
  return Array.isArray(problems) ? problems.map((problem) => String(problem as string)) : [];
}

/** Waits until the reactor is ready or not, and says how long that took. */
async function until(link: LinkClient, ready: boolean, limitMs: number): Promise<number> {
  const startMs = performance.now();
  const what = ready ? 'the reactor to be ready' : 'the reactor not to be ready';
  await eventually(
    async () => (((await problemsOf(link)).length === 0) === ready ? true : undefined),
    what,
    limitMs,
  );
  return performance.now() - startMs;
}

test('readiness turns red when a dependency is cut, says why, and heals without a restart', async () => {
  using folder = temporaryFolder();
  const rules = `rules:
  everything:
    on: '*'
    do:
      - event.send: {tag: 'seen/{{ tag }}'}
`;
  await using cluster = new Cluster({ folder: folder.path, rules, config: { reactor_depth_max: 1 } });
  await cluster.start();
  const { master, reactor } = cluster.processes;
  const admin = cluster.link('reactor');
  await until(admin, true, healedMs);
  const pid = reactor.pid;

  // The master is there and answers nothing: connections stay open.
  master.signal('SIGSTOP');
  await until(admin, false, redMs);
  expect((await problemsOf(admin)).join()).toMatch(/no canary event came through for .* s: one is stuck at/);
  const { code, stdout } = await brine([...cluster.flags, 'health', 'reactor']);
  expect([code, stdout]).toEqual([1, expect.stringContaining('reactor: no canary event')]);
  await pause(3000);
  master.signal('SIGCONT');
  await until(admin, true, healedMs);

  // The master is gone.
  await master.end('SIGKILL');
  await until(admin, false, redMs);
  expect((await problemsOf(admin)).join()).toContain('the bus is not followed');
  expect(await master.start()).toBe(true);
  await until(admin, true, healedMs);
  expect(reactor.pid).toBe(pid);
  const all = await brine([...cluster.flags, 'health', '--wait', '20']);
  expect([all.code, all.stdout]).toEqual([0, 'ready: master, minion, reactor\n']);

  // No rule has seen a canary, though one watches everything.
  const link = cluster.link();
  const bus = connectBus(link, { clock: systemClock });
  await bus.publish([{ tag: 'acme/x', data: new Map() }]);
  await eventually(
    async () => (Number((await ask(admin, 'status')).get('settled')) > 0 ? true : undefined),
    'the reaction to the event',
  );
  await bus.close();
  await link.close();
  const decisions = (await ask(admin, 'decisions', { limit: 1000 })).get('list');
  const tags = Array.isArray(decisions)
    ? decisions.map((one) => String((one as Map<string, string>).get('tag')))
    : [];
  expect(tags.length).toBeGreaterThan(0);
  expect(tags.filter((tag) => tag.includes('canary'))).toEqual([]);

  // One line for each cause, not one for each second of it.
  const lines = reactor
    .lastLines(1000)
    .split('\n')
    .filter((line) => line.includes('health.changed'));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(8);
  await admin.close();
  await cluster.stop();
  expect(cluster.accidents).toEqual([]);
});
