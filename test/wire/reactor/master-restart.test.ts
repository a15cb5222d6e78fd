import { expect, test } from 'vitest';
import {
  bindLink,
  ensureSocketFolder,
  packValue,
  serveEvents,
  socketPath,
  unpackValue,
} from '../../../src/bus/index.ts';
import type { Settings } from '../../../src/config/index.ts';
import {
  type EventLog,
  outcomeToValue,
  reactionFromValue,
  silentTelemetry,
  type Value,
} from '../../../src/core/index.ts';
import { createReactor } from '../../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { RecordingPlane, rules, settingsOf, source, Traces, writeRules } from './support.ts';

/** The socket of a master, with the two things that a reactor uses of it. */
async function serveMaster(settings: Settings, log: EventLog, plane: RecordingPlane) {
  ensureSocketFolder(settings.sockDir);
  const telemetry = silentTelemetry;
  const link = await bindLink({
    endpoints: [`ipc://${socketPath(settings.sockDir, 'master')}`],
    bytesMax: 1 << 24,
    telemetry,
    clock: systemClock,
  });
  const limits = { eventBytesMax: 1 << 20, queueEventsMax: 10_000 };
  const events = serveEvents(link, log, { clock: systemClock, telemetry, ...limits });
  link.handle('submit', async ({ payload }) => {
    const reactions = (unpackValue(payload) as Value[]).map(reactionFromValue);
    return packValue((await plane.submit(reactions)).map(outcomeToValue));
  });
  link.accept();
  return {
    append: (n: number) => events.append([{ tag: 'acme/x', data: new Map([['n', n]]) }]),
    stop: async () => {
      events.close();
      await link.close();
    },
  };
}

test('a reactor waits for its master, and goes on by itself when the master is restarted', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const settings = settingsOf(folder.path);
  const { log } = source();
  const plane = new RecordingPlane();
  const traces = new Traces();
  const ids = systemIds(systemClock);
  const reactor = createReactor(settings, { clock: systemClock, ids, telemetry: traces });
  const starting = reactor.start();
  const first = await serveMaster(settings, log, plane);
  await starting;
  expect(reactor.status().get('connected')).toBe(true);
  await first.append(1);
  await traces.until(() => traces.of('reaction.settled').length === 1);
  await first.stop();
  await traces.until(() => traces.of('master.lost').length > 0);
  expect(reactor.status().get('connected')).toBe(false);
  const second = await serveMaster(settings, log, plane);
  await second.append(2);
  await second.append(3);
  await traces.until(() => traces.of('reaction.settled').length === 4);
  expect(plane.reactions.map(({ id }) => id)).toEqual([
    'source01-1.0',
    'source01-2.0',
    'source01-2.1',
    'source01-3.0',
  ]);
  expect(reactor.status().get('connected')).toBe(true);
  await reactor.stop();
  await second.stop();
});
