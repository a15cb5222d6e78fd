import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { openStore } from '../../../src/journal/index.ts';
import { returnOf } from '../../../src/minion/execute/execute.ts';
import { createMinion } from '../../../src/minion/index.ts';
import { Spool, spoolTables } from '../../../src/minion/spool.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { FakeMaster } from './fake-master.ts';
import { clock, ids, jobOf, settingsIn } from './support.ts';

const named = (number: number): string => `2026112216000000${String(number).padStart(4, '0')}`;

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function startMinion(folder: string): ChildProcess {
  const script = new URL('./run-until-killed.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  return child;
}

describe('a minion that is killed', () => {
  it('reports what it was doing as interrupted, runs what it had not begun, and nothing twice', async () => {
    using folder = temporaryFolder();
    const settings = settingsIn(folder.path);
    await using master = await FakeMaster.start(settings.sockDir);
    const child = startMinion(folder.path);
    await master.until(() => master.events.length === 2);
    const started = join(folder.path, 'started');
    const marks = join(folder.path, 'marks');
    await master.push(
      jobOf('cmd.run', [`echo $$ > ${started}; exec sleep 600`], {}, named(1)),
      ...Array.from({ length: 400 }, (_, n) =>
        jobOf('file.append', [marks, named(100 + n)], {}, named(100 + n)),
      ),
    );
    await expect.poll(() => existsSync(started), { timeout: 10_000 }).toBe(true);
    await master.until(() => master.got.length === 401);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // The minion's death leaves the command behind; the test does not.
    process.kill(Number(readFileSync(started, 'utf8')), 'SIGKILL');
    expect(master.returns).toEqual([]);

    const minion = createMinion(settings, { clock, ids, telemetry: silentTelemetry });
    await minion.start();
    try {
      await master.until(() => master.returns.length === 401);
      const byJid = new Map(master.returns.map((ret) => [ret.jid, ret]));
      expect(byJid.size).toBe(401);
      expect(byJid.get(named(1))).toMatchObject({
        return: 'The job was interrupted by a restart of the minion.',
        retcode: 1,
        success: false,
        fun: 'cmd.run',
      });
      const ran = readFileSync(marks, 'utf8').trim().split('\n');
      expect(new Set(ran).size).toBe(ran.length);
      const succeeded = master.returns.filter((ret) => ret.success).map((ret) => ret.jid);
      expect([...ran].sort()).toEqual([...succeeded].sort());
      // Only the job under way was marked as started; the places of others are marked when their turn comes.
      expect(ran.length).toBe(400);
      await master.push(jobOf('file.append', [marks, 'again'], {}, named(150)));
      await master.push(jobOf('test.ping', [], {}, named(900)));
      await master.until(() => master.returns.some((ret) => ret.jid === named(900)));
      expect(readFileSync(marks, 'utf8')).not.toContain('again');
    } finally {
      await minion.stop();
    }
  });
});

describe('the spool', () => {
  const open = async (path: string): Promise<Spool> =>
    new Spool(await openStore(path, spoolTables, { clock, telemetry: silentTelemetry }));

  it('remembers the last thousand jids, and those the master may send again whatever their age', async () => {
    using folder = temporaryFolder();
    const first = await open(folder.path);
    await first.take([{ load: jobOf('test.sleep', [], {}, named(0)), started: true }]);
    const later = Array.from({ length: 1200 }, (_, n) => jobOf('test.ping', [], {}, named(n + 1)));
    for (const load of later) {
      void first.take([{ load, started: true }]);
      void first.finish([returnOf(load, true, 0)]);
    }
    await first.addEvents([]);
    // The master has acknowledged all returns but the first and the last.
    const returns = first.waiting('returns', 2000).map(({ key }) => key);
    await first.settle('returns', returns.slice(1, -1));
    await first.take([{ load: jobOf('test.ping', [], {}, named(1300)), started: true }]);
    await first.close();
    const second = await open(folder.path);
    try {
      expect(second.knows(named(0))).toBe(true);
      expect(second.knows(named(1))).toBe(true);
      expect(second.knows(named(2))).toBe(false);
      expect(second.knows(named(204))).toBe(true);
      expect(second.knows(named(1200))).toBe(true);
      expect(second.jobs().map((job) => job.load.jid)).toEqual([named(0), named(1300)]);
      expect(second.size('returns')).toBe(2);
      const [oldest] = second.waiting('returns', 1);
      expect(oldest?.value).toBeInstanceOf(Map);
      await second.settle('returns', [oldest?.key ?? '']);
      expect(second.size('returns')).toBe(1);
    } finally {
      await second.close();
    }
  });

  it('keeps the order and the content of what waits', async () => {
    using folder = temporaryFolder();
    const first = await open(folder.path);
    await first.addEvents([{ tag: 'a', data: new Map([['n', 1]]), jid: null }]);
    await first.addEvents([
      { tag: 'b', data: 'text', jid: '7' },
      { tag: 'c', data: null, jid: null },
    ]);
    await first.close();
    const second = await open(folder.path);
    try {
      await second.addEvents([{ tag: 'd', data: 1, jid: null }]);
      expect(second.waiting('events', 10).map((item) => item.value)).toEqual([
        new Map<string, unknown>([
          ['tag', 'a'],
          ['data', new Map([['n', 1]])],
        ]),
        new Map([
          ['tag', 'b'],
          ['data', 'text'],
          ['jid', '7'],
        ]),
        new Map([
          ['tag', 'c'],
          ['data', null],
        ]),
        new Map<string, unknown>([
          ['tag', 'd'],
          ['data', 1],
        ]),
      ]);
    } finally {
      await second.close();
    }
  });

  it('takes a job again that the disk refused', async () => {
    const store = {
      get: () => undefined,
      range: () => [],
      count: () => 0,
      commit: () => Promise.reject(new Error('no room')),
      close: () => Promise.resolve(),
    };
    const spool = new Spool(store);
    await expect(spool.take([{ load: jobOf('test.ping'), started: true }])).rejects.toThrow('no room');
    expect(spool.knows(jobOf('test.ping').jid)).toBe(false);
  });
});
