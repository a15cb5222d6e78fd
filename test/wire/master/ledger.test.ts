import { describe, expect, it } from 'vitest';
import { unpackData } from '../../../src/bus/index.ts';
import { BrineError, type EventLog, mapOf, silentTelemetry, toPlain } from '../../../src/core/index.ts';
import { type LoggedStore, openLoggedStore } from '../../../src/journal/index.ts';
import { Runs } from '../../../src/master/functions/runs.ts';
import { Ledger } from '../../../src/master/ledger.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { ids } from './support.ts';

const ports = { clock: systemClock, ids, telemetry: silentTelemetry };
const limits = { queueEventsMax: 1000, eventBytesMax: 10_000 };

type Disk = LoggedStore & AsyncDisposable;

async function openDisk(folder: string): Promise<Disk> {
  const kept = { retentionMs: 3_600_000, retentionBytes: 1 << 26 };
  const journal = await openLoggedStore(folder, ['things', 'runs', 'running'], { ...ports, ...kept });
  return { ...journal, [Symbol.asyncDispose]: () => journal.close() };
}

const ledgerOf = (journal: Pick<LoggedStore, 'record'>): Ledger =>
  new Ledger({ journal, clock: systemClock, ...limits });
const tagsOf = (log: EventLog): string[] => log.read(1, 1 << 20).flatMap(({ tags }) => [...tags]);
const thing = (key: string) => [{ table: 'things', key, value: true }];
const event = (tag: string) => [{ tag, data: mapOf({ tag }) }];

describe('the ledger', () => {
  it('records changes and events of many callers, in order', async () => {
    using folder = temporaryFolder();
    const keys = Array.from({ length: 500 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    {
      await using disk = await openDisk(folder.path);
      const ledger = ledgerOf(disk);
      await Promise.all(keys.map((key) => ledger.record(thing(key), event(`t/${key}`))));
      expect(disk.store.count('things')).toBe(500);
      expect(tagsOf(disk.log)).toEqual(keys.map((key) => `t/${key}`));
    }
    await using disk = await openDisk(folder.path);
    expect(Array.from(disk.store.range('things'), ([key]) => key)).toEqual(keys);
    expect(tagsOf(disk.log)).toEqual(keys.map((key) => `t/${key}`));
  });

  it('announces nothing that it could not record', async () => {
    using folder = temporaryFolder();
    await using disk = await openDisk(folder.path);
    const ledger = ledgerOf(disk);
    await ledger.record(thing('a'), event('t/a'));
    await expect(ledger.record(thing('x'.repeat(5000)), event('t/b'))).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    await ledger.record(thing('c'), event('t/c'));
    expect(tagsOf(disk.log)).toEqual(['t/a', 't/c']);
    expect(disk.log.nextSeq()).toBe(3);
    expect(disk.store.count('things')).toBe(2);
  });

  it('refuses when too much waits, or when it is closed, and tells when it cannot record', async () => {
    const full = new BrineError('DISK_FULL', 'no room');
    let fail: (error: unknown) => void = () => undefined;
    const stuck = new Promise<number[]>((_, reject) => (fail = reject));
    const ledger = new Ledger({
      journal: { record: () => stuck },
      clock: systemClock,
      ...limits,
      queueEventsMax: 2,
    });
    const first = ledger.record([], [...event('t/a'), ...event('t/b')]);
    expect(ledger.waiting).toBe(2);
    await expect(ledger.record([], event('t/c'))).rejects.toMatchObject({ code: 'OVERLOADED' });
    const closed = ledger.close();
    await expect(ledger.record([], event('t/d'))).rejects.toMatchObject({ code: 'STOPPING' });
    fail(full);
    await expect(first).rejects.toBe(full);
    await closed;
    expect(ledger.waiting).toBe(0);
  });

  it('refuses one bad event without spoiling the others', async () => {
    using folder = temporaryFolder();
    await using disk = await openDisk(folder.path);
    const ledger = ledgerOf(disk);
    const results = await Promise.allSettled([
      ledger.record(thing('a'), event('t/a')),
      ledger.record(thing('b'), event('two\nlines')),
      ledger.record(thing('c'), [{ tag: 't/c', data: mapOf({ x: 'x'.repeat(20_000) }) }]),
    ]);
    expect(
      results.map((result) => (result.status === 'rejected' ? (result.reason as BrineError).code : 'ok')),
    ).toEqual(['ok', 'BAD_EVENT', 'EVENT_TOO_LARGE']);
    expect(disk.store.count('things')).toBe(1);
    expect(tagsOf(disk.log)).toEqual(['t/a']);
  });
});

describe('runs', () => {
  it('that an earlier process began are told of as unfinished, with their cause', async () => {
    using folder = temporaryFolder();
    const tables = { runner: { 'a.b': { doc: '', parameters: [], run: () => true } }, wheel: {} };
    const jid = ids.jid();
    const request = { kind: 'runner', jid, fun: 'a.b', arg: [], kwarg: new Map(), legacy: null } as const;
    const head = { cause: { event: 'log-1', rule: 'r' }, depth: 2 };
    {
      await using disk = await openDisk(folder.path);
      const ledger = ledgerOf(disk);
      const runs = new Runs({ ...disk, ...ports, ledger, tables });
      await runs.start({ ...request, user: 'Reactor', head });
      await ledger.close();
    }
    await using disk = await openDisk(folder.path);
    const ledger = ledgerOf(disk);
    const runs = new Runs({ ...disk, ...ports, ledger, tables });
    await runs.recover();
    await runs.recover();
    expect(tagsOf(disk.log)).toEqual([`salt/run/${jid}/new`, `salt/run/${jid}/ret`]);
    const last = disk.log.read(2, 1)[0];
    expect(last?.heads?.[0]).toMatchObject(head);
    expect(toPlain(unpackData(last?.bodies[0] ?? new Uint8Array()))).toMatchObject({
      fun: 'runner.a.b',
      user: 'Reactor',
      success: false,
      retcode: 1,
    });
    expect(runs.isKnown(jid)).toBe(true);
    await ledger.close();
  });
});
