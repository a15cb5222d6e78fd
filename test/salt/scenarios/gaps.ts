import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../../support/brine.ts';
import { Beside, jidOf, type Seen, textOf } from '../support/beside.ts';
import type { SaltLab } from '../support/lab.ts';
import { publishJobs } from './jobs.ts';

/** One reaction for each return of a job of ours. */
const perReturn = `
{% if data.fun == 'test.arg' and data.fun_args and data.jid %}
count:
  local.test.echo:
    - tgt: {{ data.id }}
    - args: [{text: 'seen {{ data.jid }}'}]
{% endif %}
`;

const isReturn = (tag: string): boolean => /^salt\/job\/\d+\/ret\//.test(tag);

/** The returns of these jobs as Brine's log holds them. */
function returnsOf(brine: Beside, jids: readonly string[]): Seen[] {
  return brine.events(isReturn).filter((event) => jids.includes(jidOf(event)));
}

/** Whether the master has stored what the minion returned. */
function isCached(lab: SaltLab, jid: string): boolean {
  const hash = createHash('sha256').update(jid).digest('hex');
  return existsSync(join(lab.cacheDir, 'jobs', hash.slice(0, 2), hash.slice(2), lab.minionId, 'return.p'));
}

/** The answers that the reactions have led to, by what they echo. */
function echoesIn(brine: Beside): string[] {
  return brine
    .events(isReturn)
    .filter(({ data }) => data['fun'] === 'test.echo')
    .map(({ data }) => textOf(data['return']));
}

/** The jobs that the master accepted as reactions to the returns of these jobs: their ids by the id they answer. */
async function reactionsTo(brine: Beside, jids: readonly string[]): Promise<Map<string, string[]>> {
  const decisions = await brine.decisions();
  const made = (jid: string): string[] =>
    decisions
      .filter(({ tag }) => tag === `salt/job/${jid}/ret/web1`)
      .flatMap(({ reactions }) => reactions)
      .flatMap(({ outcome }) => (outcome?.ok === true ? [outcome.jid] : []));
  return new Map(jids.map((jid) => [jid, made(jid)]));
}

/**
 * Each of these jobs was returned once and led to one reaction that the master accepted once. The answer of that
 * reaction came once too, unless the master died with the job or its return in its hands: Salt keeps neither.
 */
async function expectOnce(brine: Beside, lab: SaltLab, jids: readonly string[]): Promise<void> {
  let made = new Map<string, string[]>();
  const echo = (jid: string): string => `seen ${jid}`;
  const open = (): string[] =>
    jids.filter((jid) => {
      const [reaction] = made.get(jid) ?? [];
      return reaction === undefined || (isCached(lab, reaction) && !echoesIn(brine).includes(echo(jid)));
    });
  await eventually(
    async () => {
      made = await reactionsTo(brine, jids);
      return open().length === 0 ? true : undefined;
    },
    'a reaction to every return',
    40_000,
  ).catch((error: Error) => {
    const status = JSON.stringify([...brine.source.status()]);
    const returned = returnsOf(brine, jids).length;
    throw new Error(`${error.message}\nmissing ${open().join()}\nreturned ${returned}\n${status}`);
  });
  expect([...made.values()].filter(({ length }) => length !== 1)).toEqual([]);
  const wanted = new Set(jids.map(echo));
  const echoes = echoesIn(brine).filter((text) => wanted.has(text));
  expect(echoes.length).toBe(new Set(echoes).size);
  expect(returnsOf(brine, jids).map(jidOf).sort()).toEqual([...jids].sort());
}

/** What happens while Brine cannot see the bus. */
export function gaps(lab: () => SaltLab): void {
  test('returns that came while Brine was not running are recovered, once', async () => {
    const options = { reactor: { 'salt/job/*/ret/*': perReturn }, name: 'gap' };
    let jids: string[];
    {
      await using first = await Beside.start(lab(), options);
      jids = await publishJobs(first, 1);
      await expectOnce(first, lab(), jids);
      // The last one is on its way when Brine stops.
      jids.push(...(await publishJobs(first, 4)));
    }
    await eventually(
      () => (jids.every((jid) => isCached(lab(), jid)) ? true : undefined),
      'returns in the job cache',
    );
    await using brine = await Beside.start(lab(), options);
    await brine.event(({ tag }) => tag === 'brine/gap/recovered', 'the end of the recovery');
    await expectOnce(brine, lab(), jids);
    const gap = await brine.event(({ tag }) => tag === 'brine/gap', 'the gap');
    expect(gap.data).toMatchObject({ source: 'salt-ipc', reason: 'Brine was not running' });
    const recovered = returnsOf(brine, jids).filter(({ data }) => data['recovered'] === true);
    expect(recovered.length).toBeGreaterThan(0);
    expect(recovered[0]?.data).toMatchObject({
      cmd: '_return',
      id: 'web1',
      fun: 'test.arg',
      retcode: 0,
      success: true,
    });
  });

  test('a master that is killed and restarted under load costs no return and repeats no reaction', async () => {
    await using brine = await Beside.start(lab(), {
      reactor: { 'salt/job/*/ret/*': perReturn },
      name: 'killed',
    });
    const keyFile = join(lab().cacheDir, '.root_key');
    const key = readFileSync(keyFile, 'utf8');
    const jids = await publishJobs(brine, 12);
    await lab().stopMaster('SIGKILL');
    // 3006 makes a new key at each start; later lines keep the one that is there.
    rmSync(keyFile);
    lab().startMaster();
    await lab().ready();
    expect(readFileSync(keyFile, 'utf8')).not.toBe(key);
    await brine.connected();
    jids.push(...(await publishJobs(brine, 3)));
    // A job whose return the killed master took with it into the grave is nowhere; all others are in the cache.
    await eventually(
      () => (jids.slice(-3).every((jid) => isCached(lab(), jid)) ? true : undefined),
      'the returns of the new master',
    );
    await brine.event(({ tag }) => tag === 'brine/gap/recovered', 'the end of the recovery');
    await expectOnce(
      brine,
      lab(),
      jids.filter((jid) => isCached(lab(), jid)),
    );
    const gap = brine.events((tag) => tag === 'brine/gap');
    expect(gap.length).toBeGreaterThan(0);
    expect(brine.traces.filter(({ kind }) => kind === 'bus.gap').length).toBe(gap.length);
    expect(brine.traces.filter(({ kind }) => kind === 'reaction.dead')).toEqual([]);
    expect(readdirSync(lab().sockDir)).toContain('master_event_pub.ipc');
  });
}
