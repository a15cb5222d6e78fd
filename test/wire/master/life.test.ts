import { readdirSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Plain, silentTelemetry } from '../../../src/core/index.ts';
import { createMaster } from '../../../src/master/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { attached, ids, settingsFor, startMaster } from './support.ts';

const deps = { clock: systemClock, ids, telemetry: silentTelemetry };

describe('a master', () => {
  it('is alone on its folder, and a second one leaves the first alone', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    const second = createMaster(settingsFor(folder.path), deps);
    await expect(second.start()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await second.stop();
    expect(await test.askMap('status', {})).toMatchObject({ role: 'master' });
  });

  it('that finds its port in use opens nothing, and says which', async () => {
    using folder = temporaryFolder();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port: enrolPort } = server.address() as AddressInfo;
    const master = createMaster(settingsFor(folder.path, { enrolPort }), deps);
    await expect(master.start()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(String(enrolPort)),
    });
    expect(() => master.status()).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
    await new Promise((resolve) => {
      server.close(resolve);
    });
    // Everything that the failed start had taken is free again.
    await using test = await startMaster(folder.path, { enrolPort });
    expect(test.master.endpoints.enrol[0]).toContain(String(enrolPort));
  });

  it('keeps its secret and its sockets to its own user', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    const modeOf = (...path: string[]): number => statSync(join(folder.path, ...path)).mode & 0o777;
    expect(modeOf('s')).toBe(0o700);
    for (const name of readdirSync(join(folder.path, 's')))
      expect([name, modeOf('s', name)]).toEqual([name, 0o600]);
    expect(modeOf('data', 'master', 'master-key.json')).toBe(0o600);
    expect(test.master.endpoints.local).toHaveLength(1);
  });

  it('tells its state, and who is there', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path, { presenceEvents: true });
    await test.watch();
    await using minion = await attached(test, 'web1');
    const [change] = await test.events(/^salt\/presence\/change$/);
    expect(change?.data).toMatchObject({ new: ['web1'], lost: [] });
    const [present] = await test.events(/^salt\/presence\/present$/);
    expect(present?.data).toMatchObject({ present: ['web1'] });
    await test.ask('job', { tgt: 'web1', fun: 'test.ping', arg: [], kwarg: {}, user: 'ann' });
    await minion.received(1);
    expect(await test.askMap('status', {})).toMatchObject({
      id: 'test_master',
      keys: { accepted: 1, pending: 0, rejected: 0 },
      minions: ['web1'],
      jobs: { kept: 1, undelivered: 1 },
      events: { readers: [{ name: 'test' }] },
    });
    expect(test.traces.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['process.ready', 'key.changed', 'minion.connected', 'job.published']),
    );
  });

  it('says goodbye to its minions, and stops twice without harm', async () => {
    using folder = temporaryFolder();
    const test = await startMaster(folder.path);
    await using minion = await attached(test, 'web1');
    await test.stop();
    expect(await minion.dismissed()).toBe('The master is stopping.');
    await test.master.stop();
  });

  it('answers what is no request with an error and goes on', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    const wrong: [string, Plain][] = [
      ['nothing', {}],
      ['job', 'text'],
      ['job', { tgt: '*' }],
      ['job', { tgt: '*', fun: 'test.ping', arg: 'text' }],
      ['submit', {}],
      ['submit', [{ id: 'x', action: { kind: 'rm' } }]],
      ['introduce', { id: 'web1' }],
    ];
    for (const [verb, payload] of wrong)
      await expect(test.ask(verb, payload)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
    await expect(test.ask('introduce', { id: 'a/b', public_key: 'k' })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    expect(await test.askMap('status', {})).toMatchObject({ role: 'master' });
  });
});
