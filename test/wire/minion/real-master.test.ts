import { describe, expect, it } from 'vitest';
import {
  connectBus,
  connectLink,
  packValue,
  socketPath,
  unpackData,
  unpackValue,
} from '../../../src/bus/index.ts';
import { get, mapOf, silentTelemetry, type Value, type ValueMap } from '../../../src/core/index.ts';
import { createMaster } from '../../../src/master/index.ts';
import { createMinion } from '../../../src/minion/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { clock, ids, settingsIn } from './support.ts';

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
});
