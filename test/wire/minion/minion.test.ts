import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  connectBus,
  connectLink,
  fingerprint,
  newKeyPair,
  socketPath,
  unpackData,
} from '../../../src/bus/index.ts';
import type { Settings } from '../../../src/config/index.ts';
import { BrineError, type TraceEvent, type Value } from '../../../src/core/index.ts';
import { createCaller, createMinion, type Minion } from '../../../src/minion/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { FakeMaster } from './fake-master.ts';
import { clock, ids, jobOf, Reports, settingsIn } from './support.ts';

const map = (entries: Record<string, Value>): Map<Value, Value> => new Map(Object.entries(entries));

/** A minion that stops with its scope. */
class Running implements AsyncDisposable {
  readonly reports = new Reports();
  readonly settings: Settings;
  readonly minion: Minion;

  constructor(folder: string, minion: Partial<Settings['minion']> = {}) {
    this.settings = settingsIn(folder, minion);
    this.minion = createMinion(this.settings, { clock, ids, telemetry: this.reports });
  }

  static async start(folder: string, minion: Partial<Settings['minion']> = {}): Promise<Running> {
    const running = new Running(folder, minion);
    await running.minion.start();
    return running;
  }

  lost(): string[] {
    return this.reports
      .of('master.lost')
      .map((event: Extract<TraceEvent, { kind: 'master.lost' }>) => event.reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.minion.stop();
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

const sockDir = (folder: string): string => settingsIn(folder).sockDir;
const keyFile = (folder: string): string => join(folder, 'minion', 'key.json');
const pinFile = (folder: string): string => join(folder, 'minion', 'master.pub');
const named = (number: number): string => `2026112216000000${String(number).padStart(4, '0')}`;

describe('a minion and its master', () => {
  it('enrols, attaches, says that it started, runs jobs', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using running = await Running.start(folder.path, { grains: map({ role: 'web' }) as never });
    await master.until(() => master.events.length === 2);
    expect(master.events.map((event) => event.tag)).toEqual(['salt/minion/m1/start', 'minion_start']);
    expect(master.events[0]?.data).toMatch(
      /^Minion m1 started at [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    );
    expect(master.grains.get('id')).toBe('m1');
    expect(master.grains.get('role')).toBe('web');
    await master.push(jobOf('test.ping', [], {}, named(1)), jobOf('cmd.run', ['exit 3'], {}, named(2)));
    await master.until(() => master.returns.length === 2);
    expect(master.got.sort()).toEqual([named(1), named(2)]);
    const outcome = new Map(master.returns.map(({ jid, retcode, success }) => [jid, [retcode, success]]));
    expect(outcome.get(named(1))).toEqual([0, true]);
    expect(outcome.get(named(2))).toEqual([3, false]);
    await expect.poll(() => running.minion.status().get('returns_waiting')).toBe(0);
    expect(statSync(keyFile(folder.path)).mode & 0o777).toBe(0o600);
    expect(readFileSync(pinFile(folder.path), 'utf8').trim()).toBe(master.keys.publicKey);
  });

  it('never runs a job twice, also after a restart', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    const file = join(folder.path, 'ran');
    const job = jobOf('cmd.run', [`echo x >> ${file}`], {}, named(1));
    {
      await using _first = await Running.start(folder.path);
      await master.until(() => master.attachments === 1);
      await master.push(job, job);
      await master.until(() => master.returns.length === 1);
      await master.push(job);
      await master.until(() => master.got.length === 3);
    }
    await using _second = await Running.start(folder.path);
    await master.until(() => master.attachments === 2);
    await master.push(job, jobOf('test.ping', [], {}, named(2)));
    await master.until(() => master.returns.length === 2);
    expect(master.got).toContain(named(1));
    expect(master.returns.map((ret) => ret.jid)).toEqual([named(1), named(2)]);
    expect(readFileSync(file, 'utf8')).toBe('x\n');
  });

  it('asks again while its key waits, and can do nothing else', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    master.act = 'pend';
    await using running = await Running.start(folder.path, { acceptanceWaitS: 0.05 });
    await master.until(() => master.acts >= 3);
    expect(master.attachments).toBe(0);
    expect(running.lost()).toEqual(["the master answers pend to this minion's key"]);
    master.act = 'accept';
    await master.until(() => master.attachments === 1);
  });

  it('refuses a master whose key has changed, and one that does not hold its key', async () => {
    using folder = temporaryFolder();
    {
      await using master = await FakeMaster.start(sockDir(folder.path));
      await using _running = await Running.start(folder.path);
      await master.until(() => master.attachments === 1);
    }
    {
      await using other = await FakeMaster.start(sockDir(folder.path));
      await using running = await Running.start(folder.path, { acceptanceWaitS: 0.05 });
      await running.reports.until(() => running.lost().length > 0);
      expect(running.lost()[0]).toContain(fingerprint(other.keys.publicKey));
      expect(running.lost()[0]).toContain(pinFile(folder.path));
      expect(other.acts).toBe(0);
    }
    using fresh = temporaryFolder();
    await using liar = await FakeMaster.start(sockDir(fresh.path));
    liar.lies = true;
    await using running = await Running.start(fresh.path, { acceptanceWaitS: 0.05 });
    await running.reports.until(() => running.lost().length > 0);
    expect(running.lost()[0]).toMatch(/does not hold the key that it shows/);
    expect(() => statSync(pinFile(fresh.path))).toThrow(/ENOENT/);
  });

  it('takes only the master whose fingerprint is set', async () => {
    using folder = temporaryFolder();
    const keys = newKeyPair();
    await using master = await FakeMaster.start(sockDir(folder.path), keys);
    {
      const masterFinger = fingerprint(newKeyPair().publicKey);
      await using running = await Running.start(folder.path, { masterFinger, acceptanceWaitS: 0.05 });
      await running.reports.until(() => running.lost().length > 0);
      expect(running.lost()[0]).toContain('master_finger');
    }
    const masterFinger = fingerprint(keys.publicKey).toUpperCase();
    await using _running = await Running.start(folder.path, { masterFinger });
    await master.until(() => master.attachments === 1);
  });

  it('attaches again when it is told to, when its token is forgotten, and when the master restarts', async () => {
    using folder = temporaryFolder();
    const keys = newKeyPair();
    const first = await FakeMaster.start(sockDir(folder.path), keys);
    await using running = await Running.start(folder.path);
    await first.until(() => first.events.length === 2);
    await first.bye('maintenance');
    await first.until(() => first.attachments === 2);
    expect(running.lost()).toContain('maintenance');
    first.forget();
    const caller = createCaller(running.settings, { clock, ids, telemetry: running.reports });
    expect((await caller.call('event.send', ['after/forget'], new Map())).return).toBe(true);
    await caller.close();
    await first.until(() => first.attachments === 3);
    await first.until(() => first.events.length === 3);
    await first[Symbol.asyncDispose]();
    await using second = await FakeMaster.start(sockDir(folder.path), keys);
    // The new one forgot that it let the minion in, so the minion shows its key again after a while.
    await second.until(() => second.attachments === 1);
    await second.push(jobOf('test.ping', [], {}, named(9)));
    await second.until(() => second.returns.length === 1);
    expect(second.events).toEqual([]);
  });

  it('keeps returns and events until the master has them', async () => {
    using folder = temporaryFolder();
    const keys = newKeyPair();
    {
      await using master = await FakeMaster.start(sockDir(folder.path), keys);
      await using running = await Running.start(folder.path);
      await master.until(() => master.events.length === 2);
      master.failure = new BrineError('DISK_FULL', 'no room');
      await master.push(jobOf('event.send', ['from/job', map({ n: 1 })], {}, named(1)));
      await expect.poll(() => running.minion.status().get('returns_waiting')).toBe(1);
      expect(running.minion.status().get('events_waiting')).toBe(1);
    }
    {
      await using _offline = await Running.start(folder.path);
      const caller = createCaller(settingsIn(folder.path), { clock, ids, telemetry: new Reports() });
      expect((await caller.call('event.send', ['from/caller', map({ n: 2 })], new Map())).return).toBe(true);
      await caller.close();
    }
    await using master = await FakeMaster.start(sockDir(folder.path), keys);
    await using _running = await Running.start(folder.path);
    await master.until(() => master.returns.length === 1 && master.events.length === 4);
    expect(master.returns[0]).toMatchObject({
      jid: named(1),
      fun: 'event.send',
      return: true,
      success: true,
    });
    expect(master.events.map(({ tag, jid }) => [tag, jid])).toEqual([
      ['from/job', named(1)],
      ['from/caller', ''],
      ['salt/minion/m1/start', ''],
      ['minion_start', ''],
    ]);
  });

  it('drops what the master can never take, and goes on', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using running = await Running.start(folder.path);
    await master.until(() => master.events.length === 2);
    master.failure = new BrineError('BAD_EVENT', 'never');
    await master.push(jobOf('test.ping', [], {}, named(1)));
    await running.reports.until(() => running.reports.of('unexpected').length === 1);
    expect(running.reports.of('unexpected')[0]?.message).toMatch(/refused one of the returns: never/);
    master.failure = undefined;
    await master.push(jobOf('test.ping', [], {}, named(2)));
    await master.until(() => master.returns.length === 1);
    expect(master.returns[0]?.jid).toBe(named(2));
  });

  it('shows, finds and kills its jobs, and runs only a few at once', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using running = await Running.start(folder.path, { jobsMax: 2 });
    await master.until(() => master.attachments === 1);
    await master.push(jobOf('test.sleep', [600], {}, named(1)));
    await expect.poll(() => running.minion.status().get('running')).toBe(1);
    await master.push(jobOf('saltutil.find_job', [named(1)], {}, named(2)));
    await master.until(() => master.returns.length === 1);
    const found = master.returns[0]?.return as Map<Value, Value>;
    expect([found.get('jid'), found.get('fun')]).toEqual([named(1), 'test.sleep']);
    const caller = createCaller(running.settings, { clock, ids, telemetry: running.reports });
    const seen = (await caller.call('saltutil.running', [], new Map())).return as Map<Value, Value>[];
    expect(seen.map((job) => job.get('jid'))).toEqual([named(1)]);
    expect((await caller.call('saltutil.kill_job', [named(77)], new Map())).return).toBe('');
    await caller.close();
    const pings = Array.from({ length: 300 }, (_, n) => jobOf('test.ping', [], {}, named(100 + n)));
    await master.push(...pings);
    await master.until(() => master.returns.length === 301);
    await master.push(jobOf('saltutil.kill_job', [named(1)], {}, named(3)));
    await master.until(() => master.returns.length === 303);
    expect(master.returns.find((ret) => ret.jid === named(1))).toMatchObject({
      return: 'ERROR: The job was killed.',
      success: false,
    });
    expect(master.returns.find((ret) => ret.jid === named(3))?.return).toBe(
      `Signal 9 sent to job ${named(1)}`,
    );
  });

  it('sends a note instead of a return that no event can hold', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using _running = await Running.start(folder.path);
    await master.until(() => master.attachments === 1);
    await master.push(jobOf('test.echo', ['x'.repeat(1_100_000)], {}, named(1)));
    await master.until(() => master.returns.length === 1);
    expect(master.returns[0]).toMatchObject({ retcode: 1, success: false, funArgs: [] });
    expect(master.returns[0]?.return).toMatch(/^The return has \d+ bytes/);
  });

  it('tells the master when its grains change', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using _running = await Running.start(folder.path);
    await master.until(() => master.attachments === 1);
    master.grains = new Map();
    await master.push(jobOf('saltutil.refresh_grains', [], {}, named(1)));
    await master.until(() => master.grains.get('id') === 'm1');
  });

  it('refuses a second one on its folder, and a damaged key', async () => {
    using folder = temporaryFolder();
    await using _running = await Running.start(folder.path);
    const second = new Running(folder.path);
    await expect(second.minion.start()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    using other = temporaryFolder();
    {
      await using _once = await Running.start(other.path);
    }
    writeFileSync(keyFile(other.path), '{"publicKey": "x"}');
    await expect(new Running(other.path).minion.start()).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

describe('the bus of a minion', () => {
  it('carries what event.fire sends, and nothing of it goes to the master', async () => {
    using folder = temporaryFolder();
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using running = await Running.start(folder.path);
    await master.until(() => master.events.length === 2);
    const link = connectLink({
      endpoint: `ipc://${socketPath(running.settings.sockDir, { minion: 'm1' })}`,
      clock,
    });
    const bus = connectBus(link, { clock });
    const reader = bus.subscribe({ from: 'now', prefixes: ['custom'], name: 'test' });
    await reader.ready;
    await master.push(jobOf('event.fire', [map({ data: 'from a job' }), 'custom/1'], {}, named(1)));
    await master.until(() => master.returns.length === 1);
    const caller = createCaller(running.settings, { clock, ids, telemetry: running.reports });
    expect(
      await caller.call('event.fire', [map({ data: 'from a call' }), 'custom/2'], new Map()),
    ).toMatchObject({
      return: true,
      retcode: 0,
    });
    const seen: [string, Value | undefined, boolean][] = [];
    for await (const message of reader) {
      if (message.kind === 'events') {
        message.batch.tags.forEach((tag, index) => {
          const data = unpackData(message.batch.bodies[index] ?? new Uint8Array());
          seen.push([tag, data.get('data'), data.has('_stamp')]);
        });
      }
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([
      ['custom/1', 'from a job', true],
      ['custom/2', 'from a call', true],
    ]);
    expect(master.events.length).toBe(2);
    await caller.close();
    await bus.close();
    await link.close();
  });

  it('takes events for the master from calls; without a minion they are not sent', async () => {
    using folder = temporaryFolder();
    const reports = new Reports();
    const caller = createCaller(settingsIn(folder.path), { clock, ids, telemetry: reports });
    expect(await caller.call('event.send', ['my/tag', map({ a: 1 })], new Map())).toMatchObject({
      return: false,
      retcode: 0,
    });
    expect(reports.of('unexpected')[0]?.message).toMatch(/my\/tag was not sent/);
    expect((await caller.call('event.fire', [map({}), 'my/tag'], new Map())).return).toBe(false);
    await using master = await FakeMaster.start(sockDir(folder.path));
    await using _running = await Running.start(folder.path);
    await master.until(() => master.events.length === 2);
    const sent = await caller.call('event.send', ['my/tag', map({ a: 1 })], new Map());
    expect(sent.return).toBe(true);
    await master.until(() => master.events.length === 3);
    expect(master.events[2]?.tag).toBe('my/tag');
    const data = master.events[2]?.data;
    expect(Object.fromEntries(data as Map<string, Value>)).toEqual({
      a: 1,
      __pub_fun: 'event.send',
      __pub_jid: sent.jid,
      __pub_pid: process.pid,
      __pub_tgt: 'salt-call',
    });
    expect(await caller.call('cmd.run', ['exit 3'], new Map())).toMatchObject({ retcode: 3, success: false });
    expect(await caller.call('event.send', ['', map({})], new Map())).toMatchObject({ return: false });
    await caller.close();
  });
});
