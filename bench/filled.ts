import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvents } from '../src/bus/index.ts';
import { mapOf, silentTelemetry } from '../src/core/index.ts';
import { openLoggedStore } from '../src/journal/index.ts';
import { systemClock, systemIds } from '../src/system/index.ts';
import { inFolder } from './support/folder.ts';
import { checkRules, throughput } from './support/reactions.ts';
import { type BenchOptions, goal, median, type Row } from './support/report.ts';
import { Roles } from './support/roles.ts';
import { endEvent, reactionTo } from './support/sentinel.ts';

export const about =
  'The reactions of End to end, with an empty journal and with one that was filled by the journal itself, without a ' +
  'publisher: small events that no rule wants. The reactor was away meanwhile and has read all of them before the ' +
  'first figure is taken. Both run side by side; rounds take turns.';

const eventsPerGroup = 1000;
const groupsPerAppend = 50;
/** Enough for all of them: nothing may be trimmed while it is measured. */
const retention = 'event_retention_bytes: 34359738368\n';

/** What a long history costs. */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  const events = quick ? 100_000 : 10_000_000;
  const count = quick ? 640 : 50_000;
  return inFolder(async (folder) => {
    await using empty = rolesIn(join(folder, 'e'));
    await using full = rolesIn(join(folder, 'f'));
    const fillMs = await fill(full, join(folder, 'f'), events);
    const caughtUpMs = await catchUp(full);
    await empty.start('master');
    await empty.start('reactor');
    const buses = { empty: await empty.connect(), full: await full.connect() };
    const rates = { empty: [] as number[], full: [] as number[] };
    for (let round = 0; round < (quick ? 2 : 6); round += 1)
      for (const which of ['empty', 'full'] as const) {
        const rate = await throughput(buses[which], count);
        if (round > 0) rates[which].push(rate);
      }
    const ratio = median(rates.full) / median(rates.empty);
    const many = events.toLocaleString('en-US');
    return [
      {
        measure: `durable reactions, ${many} events in the journal`,
        value: median(rates.full),
        unit: '/s',
        against: 'an empty journal',
        ratio,
        note: `empty ${Math.round(median(rates.empty)).toLocaleString('en-US')} /s`,
        ...(quick ? {} : { goal: goal('filled', ratio >= 0.9, `${(ratio * 100).toFixed(0)} %`) }),
      },
      { measure: `events journalled while filling`, value: (events / fillMs) * 1000, unit: '/s' },
      { measure: 'events that the reactor caught up', value: (events / caughtUpMs) * 1000, unit: '/s' },
    ];
  });
}

function rolesIn(folder: string): Roles {
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), checkRules);
  return new Roles(folder, join(folder, 'rules.yaml'), retention);
}

/** Milliseconds that it takes to journal so many events, master and reactor having started once and gone. */
async function fill(roles: Roles, folder: string, events: number): Promise<number> {
  const master = await roles.start('master');
  const reactor = await roles.start('reactor');
  await roles.stop(reactor);
  await roles.stop(master);
  const limits = { retentionMs: 1e12, retentionBytes: 1e12 };
  const ids = systemIds(systemClock);
  const deps = { clock: systemClock, ids, telemetry: silentTelemetry, ...limits };
  const store = await openLoggedStore(join(folder, 'd', 'master', 'journal'), [], deps);
  const begun = performance.now();
  for (let next = 0; next < events; next += eventsPerGroup * groupsPerAppend) {
    const groups = Array.from({ length: groupsPerAppend }, (_, i) => fillers(next + i * eventsPerGroup));
    await store.log.append(groups);
  }
  const tookMs = performance.now() - begun;
  await store.close();
  return tookMs;
}

function fillers(first: number): ReturnType<typeof encodeEvents> {
  const events = Array.from({ length: eventsPerGroup }, (_, i) => ({
    tag: `fill/${(first + i) % 1000}`,
    data: mapOf({ n: first + i }),
  }));
  return encodeEvents(events, 0);
}

/** Milliseconds from the reactor's return until it reacts to what was published after all the others. */
async function catchUp(roles: Roles): Promise<number> {
  await roles.start('master');
  const bus = await roles.connect();
  const begun = performance.now();
  await roles.start('reactor');
  await reactionTo(bus, endEvent);
  return performance.now() - begun;
}
