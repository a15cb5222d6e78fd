import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { type LoggedStore, openLoggedStore } from '../../../src/journal/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { ids, startMaster } from './support.ts';

const script = new URL('submit-until-killed.ts', import.meta.url).pathname;

/** Kills the master in the middle of its work; the result is what it had been asked and had acknowledged. */
async function killAfter(folder: string, taken: number): Promise<Record<'asked' | 'taken', string[]>> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen: Record<'asked' | 'taken', string[]> = { asked: [], taken: [] };
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, ...jids] = line.split(' ');
    if (what === 'asked' || what === 'taken') seen[what].push(...jids);
    if (seen.taken.length >= taken) child.kill('SIGKILL');
  }
  await ended;
  return seen;
}

/** The jids behind the events of a kind, in the order of the log. */
async function jidsInLog(folder: string, pattern: RegExp): Promise<string[]> {
  const journal = await openJournal(folder, []);
  const tags = journal.log.read(1, 1 << 30).flatMap((batch) => [...batch.tags]);
  await journal.close();
  return tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? []);
}

async function keysOf(folder: string, table: string): Promise<string[]> {
  const journal = await openJournal(folder, [table]);
  const keys = Array.from(journal.store.range(table), ([key]) => key);
  await journal.close();
  return keys;
}

function openJournal(folder: string, tables: readonly string[]): Promise<LoggedStore> {
  const ports = { clock: systemClock, ids, telemetry: silentTelemetry };
  const limits = { retentionMs: 1e12, retentionBytes: 1e12 };
  return openLoggedStore(join(folder, 'data', 'master', 'journal'), tables, { ...ports, ...limits });
}

describe('a master that is killed', () => {
  it('has what it acknowledged, and tells each of it once', async () => {
    using folder = temporaryFolder();
    const { asked, taken } = await killAfter(folder.path, 2000);
    {
      await using test = await startMaster(folder.path);
      const reactions = asked.map((jid) => ({
        id: jid,
        jid,
        event: 'e',
        rule: 'r',
        depth: 1,
        action: {
          kind: 'local',
          fun: 'test.ping',
          tgt: 'nobody',
          tgt_type: 'glob',
          arg: [],
          kwarg: {},
          ret: '',
        },
      }));
      const jobs = reactions.filter(({ jid }) => taken.includes(jid)).filter((_, i) => i % 20 === 0);
      const outcomes = (await test.ask('submit', jobs)) as { ok: boolean; repeated: boolean }[];
      expect(outcomes.every(({ ok, repeated }) => ok && repeated)).toBe(true);
    }
    const recorded = await keysOf(folder.path, 'jobs');
    const announced = await jidsInLog(folder.path, /^salt\/job\/(\d+)\/new$/);
    expect([...announced].sort()).toEqual(recorded);
    const runs = (await keysOf(folder.path, 'runs')).filter((jid) => asked.includes(jid));
    const sent = await jidsInLog(folder.path, /^sent\/(\d+)$/);
    expect([...sent].sort()).toEqual(runs);
    const all = new Set([...recorded, ...runs]);
    expect(taken.filter((jid) => !all.has(jid))).toEqual([]);
  }, 60_000);
});
