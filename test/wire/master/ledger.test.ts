import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackData } from '../../../src/bus/index.ts';
import { BrineError, type EventLog, mapOf, silentTelemetry, toPlain } from '../../../src/core/index.ts';
import { openEventLog, openStore, type Store } from '../../../src/journal/index.ts';
import { Runs } from '../../../src/master/functions/runs.ts';
import { Ledger } from '../../../src/master/ledger.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { ids } from './support.ts';

const ports = { clock: systemClock, ids, telemetry: silentTelemetry };
const limits = { queueEventsMax: 1000, eventBytesMax: 10_000 };

interface Disk extends AsyncDisposable {
  readonly store: Store;
  readonly log: EventLog;
}

async function openDisk(folder: string): Promise<Disk> {
  const store = await openStore(join(folder, 'store'), ['things', 'runs', 'running', 'unannounced'], ports);
  const log = await openEventLog(join(folder, 'events'), {
    ...ports,
    retentionMs: 3_600_000,
    retentionBytes: 1 << 26,
  });
  return {
    store,
    log,
    [Symbol.asyncDispose]: async () => {
      await log.close();
      await store.close();
    },
  };
}

const tagsOf = (log: EventLog): string[] => log.read(1, 1 << 20).flatMap(({ tags }) => [...tags]);
const thing = (key: string) => [{ table: 'things', key, value: true }];
const event = (tag: string) => [{ tag, data: mapOf({ tag }) }];

/** A log that stops taking events, as when the process dies between table and log. */
function dying(log: EventLog): EventLog {
  return {
    ...log,
    id: log.id,
    nextSeq: () => log.nextSeq(),
    oldestSeq: () => log.oldestSeq(),
    append: () => Promise.reject(new BrineError('JOURNAL_DAMAGED', 'gone')),
  };
}

describe('the ledger', () => {
  it('records changes and events of many callers, in order', async () => {
    using folder = temporaryFolder();
    await using disk = await openDisk(folder.path);
    const ledger = new Ledger({ ...disk, ...ports, ...limits });
    const keys = Array.from({ length: 500 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    await Promise.all(keys.map((key) => ledger.record(thing(key), event(`t/${key}`))));
    expect(disk.store.count('things')).toBe(500);
    expect(tagsOf(disk.log)).toEqual(keys.map((key) => `t/${key}`));
    await ledger.close();
    expect(disk.store.count('unannounced')).toBe(0);
  });

  it('announces after a crash what was recorded, once', async () => {
    using folder = temporaryFolder();
    {
      await using disk = await openDisk(folder.path);
      const ledger = new Ledger({ ...disk, log: dying(disk.log), ...ports, ...limits });
      await expect(ledger.record(thing('a'), event('t/a'))).rejects.toMatchObject({
        code: 'JOURNAL_DAMAGED',
      });
      expect(disk.store.get('things', 'a')).toBe(true);
      expect(tagsOf(disk.log)).toEqual([]);
    }
    for (let start = 0; start < 2; start += 1) {
      await using disk = await openDisk(folder.path);
      const ledger = new Ledger({ ...disk, ...ports, ...limits });
      await ledger.recover();
      expect(tagsOf(disk.log)).toEqual(['t/a']);
      expect(disk.store.count('unannounced')).toBe(0);
    }
  });

  it('does not announce again what the log has, though the row is still there', async () => {
    using folder = temporaryFolder();
    {
      await using disk = await openDisk(folder.path);
      const ledger = new Ledger({ ...disk, ...ports, ...limits });
      await ledger.record(thing('a'), event('t/a'));
      // No close: the row would have been removed with the next change.
      expect(disk.store.count('unannounced')).toBe(1);
    }
    await using disk = await openDisk(folder.path);
    await new Ledger({ ...disk, ...ports, ...limits }).recover();
    expect(tagsOf(disk.log)).toEqual(['t/a']);
  });

  it('waits for a full disk after it has recorded, and tells when it cannot record', async () => {
    using folder = temporaryFolder();
    await using disk = await openDisk(folder.path);
    const full = new BrineError('DISK_FULL', 'no room');
    let failures = 2;
    const log: EventLog = {
      ...dying(disk.log),
      append: (groups) => (failures-- > 0 ? Promise.reject(full) : disk.log.append(groups)),
    };
    const clock = { ...systemClock, after: (_: number, run: () => void) => systemClock.after(0, run) };
    const ledger = new Ledger({ ...disk, log, ...ports, clock, ...limits });
    await ledger.record(thing('a'), event('t/a'));
    expect(tagsOf(disk.log)).toEqual(['t/a']);
    const store: Store = { ...disk.store, commit: () => Promise.reject(full) };
    const other = new Ledger({ ...disk, store, ...ports, ...limits });
    await expect(other.record(thing('b'), event('t/b'))).rejects.toBe(full);
    expect(tagsOf(disk.log)).toEqual(['t/a']);
  });

  it('refuses one bad event without spoiling the others', async () => {
    using folder = temporaryFolder();
    await using disk = await openDisk(folder.path);
    const ledger = new Ledger({ ...disk, ...ports, ...limits });
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
      const ledger = new Ledger({ ...disk, ...ports, ...limits });
      const runs = new Runs({ ...disk, ...ports, ledger, tables });
      await runs.start({ ...request, user: 'Reactor', head });
      await ledger.close();
    }
    await using disk = await openDisk(folder.path);
    const ledger = new Ledger({ ...disk, ...ports, ...limits });
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
