import { describe, expect, it } from 'vitest';
import {
  connectBus,
  connectLink,
  fingerprint,
  packValue,
  socketPath,
  unpackData,
  unpackValue,
} from '../../../src/bus/index.ts';
import { get, mapOf, silentTelemetry, type Value, type ValueMap } from '../../../src/core/index.ts';
import { createMaster } from '../../../src/master/index.ts';
import { createMinion } from '../../../src/minion/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { clock, ids, Reports, settingsIn } from './support.ts';

describe('the minion with the master', () => {
  it('is accepted on its own host, runs a job and sends an event that names its job', async () => {
    using folder = temporaryFolder();
    const settings = settingsIn(folder.path);
    const deps = { clock, ids, telemetry: silentTelemetry };
    const master = createMaster(settings, deps);
    await master.start();
    const minion = createMinion(settings, deps);
    const link = connectLink({ endpoint: `ipc://${socketPath(settings.sockDir, 'master')}`, clock });
    const bus = connectBus(link, { clock });
    const reader = bus.subscribe({ from: 'now', prefixes: [], name: 'test' });
    await reader.ready;
    try {
      await minion.start();
      const seen = new Map<string, ValueMap>();
      let jid = '';
      for await (const message of reader) {
        if (message.kind !== 'events') continue;
        message.batch.tags.forEach((tag, index) =>
          seen.set(tag, unpackData(message.batch.bodies[index] ?? new Uint8Array())),
        );
        if (jid === '' && seen.has('minion_start')) {
          const job = {
            tgt: 'm*',
            tgt_type: 'glob',
            fun: 'event.send',
            arg: ['my/tag'],
            kwarg: mapOf({ a: 1 }),
          };
          const reply = unpackValue(
            await link.request('job', packValue(mapOf({ ...job, user: 'root' })), 5000),
          );
          jid = String((reply as Map<string, Value>).get('jid') as string);
        }
        if (seen.has(`salt/job/${jid}/ret/m1`)) break;
      }
      expect(seen.get('salt/auth')?.get('act')).toBe('accept');
      expect(seen.get('salt/minion/m1/start')?.get('cmd')).toBe('_minion_event');
      expect(seen.get(`salt/job/${jid}/ret/m1`)?.get('success')).toBe(true);
      const event = seen.get('my/tag');
      expect([event?.get('id'), event?.get('jid')]).toEqual(['m1', jid]);
      expect(get(event?.get('data'), 'a')).toBe(1);
    } finally {
      await minion.stop();
      await bus.close();
      await link.close();
      await master.stop();
    }
  });

  it('waits over TCP until its key is accepted, and then works', async () => {
    using there = temporaryFolder();
    using here = temporaryFolder();
    const reports = new Reports();
    const masterSettings = settingsIn(there.path);
    const master = createMaster(masterSettings, { clock, ids, telemetry: silentTelemetry });
    await master.start();
    const port = (endpoints: readonly string[]): number =>
      Number(
        endpoints
          .find((endpoint) => endpoint.startsWith('tcp:'))
          ?.split(':')
          .at(-1),
      );
    const minion = createMinion(
      settingsIn(here.path, {
        id: 'far',
        master: '127.0.0.1',
        masterPort: port(master.endpoints.work),
        masterEnrolPort: port(master.endpoints.enrol),
        masterFinger: fingerprint(master.publicKey),
        acceptanceWaitS: 0.05,
      }),
      { clock, ids, telemetry: reports },
    );
    const link = connectLink({ endpoint: `ipc://${socketPath(masterSettings.sockDir, 'master')}`, clock });
    const ask = async (verb: string, request: Record<string, Value>): Promise<ValueMap> =>
      unpackValue(await link.request(verb, packValue(mapOf({ user: 'root', ...request })), 5000)) as ValueMap;
    try {
      await minion.start();
      await reports.until(() => reports.of('master.lost').length > 0);
      expect(reports.of('master.lost')[0]?.reason).toBe("the master answers pend to this minion's key");
      const job = { tgt: 'far', tgt_type: 'glob', fun: 'test.ping', arg: [], kwarg: new Map() };
      expect((await ask('job', job)).get('jid')).toBe(null);
      expect((await ask('wheel', { fun: 'key.accept', arg: ['far'], kwarg: new Map() })).get('success')).toBe(
        true,
      );
      await reports.until(() => reports.of('master.connected').length > 0);
      const { jid } = Object.fromEntries(await ask('job', job)) as { jid: string };
      const lookUp = async (): Promise<Value | undefined> =>
        get(
          (await ask('run', { fun: 'jobs.lookup_jid', arg: [jid], kwarg: new Map() })).get('return'),
          'far',
        );
      await expect.poll(lookUp).toBe(true);
    } finally {
      await minion.stop();
      await link.close();
      await master.stop();
    }
  });
});
