import { join } from 'node:path';
import { type LinkServer, serveMetrics } from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import { type Queue, reportQueues, type UndoList, type Value, type ValueMap } from '../core/index.ts';
import { lockFolder, openStore } from '../journal/index.ts';
import { Batcher } from './batcher.ts';
import type { MinionDeps } from './deps.ts';
import { minionEvents, spoolEvents } from './events.ts';
import { Functions } from './execute/functions.ts';
import { grainSource } from './grains/collect.ts';
import { JobRunner } from './jobs.ts';
import { ownKeys } from './link/key-file.ts';
import { MasterPin } from './link/master-pin.ts';
import { Outbound } from './link/outbound.ts';
import { Session } from './link/session.ts';
import { type ForMaster, openLocalBus } from './local-bus.ts';
import { workerLimits } from './operator/module-worker.ts';
import { serveJobs, serveStatus } from './serve-jobs.ts';
import { Spool, spoolTables } from './spool.ts';
import { startEvents } from './start-events.ts';
import { minionHealth, minionQueues, minionStatus } from './status.ts';

/** The pieces of a running minion. */
export interface Parts {
  readonly spool: Spool;
  readonly session: Session;
  readonly jobs: JobRunner;
}

const jobGraceMs = 3000;
const drainMs = 1000;

/** Opens everything that a minion is made of, in the order in which one needs the other. */
export async function openParts(settings: Settings, deps: MinionDeps, undo: UndoList): Promise<Parts> {
  const { clock, ids, telemetry } = deps;
  const { minion, sockDir, eventBytesMax } = settings;
  const folder = join(settings.dataDir, 'minion');
  const spool = await openSpool(folder, deps, undo);
  const identity = { id: minion.id, keys: ownKeys(folder, telemetry) };
  const grains = grainSource(minion, (now) => {
    functions.tellGrains(now);
    // Without a master there is nobody to tell; it gets them when the minion attaches.
    session.request('grains', { grains: now }).catch(() => undefined);
  });
  const functions = await openFunctions(settings, deps, undo, () => grains.get());
  const forward = (events: readonly ForMaster[]): Promise<void> =>
    spoolEvents(spool, events, () => outbound.wake());
  const saltSockets = settings.salt.sockets;
  const bus = await openLocalBus({ ...deps, id: minion.id, sockDir, eventBytesMax, saltSockets, forward });
  undo.add('the bus', () => bus.close());
  const announce = startEvents(minion.id, clock, forward, telemetry);
  const session = new Session({
    settings: minion,
    sockDir,
    identity,
    pin: new MasterPin(folder, minion.masterFinger),
    clock,
    ids,
    telemetry,
    grains: () => grains.get(),
    owed: () => spool.owed(),
    onAttached: () => {
      announce();
      outbound.wake();
    },
    onJobs: (loads) => jobs.receive(loads),
  });
  const outbound = new Outbound({ spool, session, clock, telemetry });
  undo.add('the last requests', () => outbound.idle());
  undo.add('the way to the master', () => session.stop());
  undo.add('the way out of the spool', () => outbound.drain(drainMs));
  const confirm = confirmations(session);
  const jobs = new JobRunner({
    spool,
    functions,
    parts: {
      settings: minion,
      clock,
      ids,
      grains,
      functions,
      events: minionEvents(bus, forward, eventBytesMax),
    },
    clock,
    telemetry,
    jobsMax: minion.jobsMax,
    returnBytesMax: eventBytesMax,
    onTaken: (jids) => confirm.add(...jids),
    onReturned: () => outbound.wake(),
  });
  serveJobs(bus.link, jobs);
  tellStatus(bus.link, minion.id, { spool, session, jobs }, deps, undo);
  bus.link.accept();
  undo.add('the jobs', () => jobs.stop(jobGraceMs));
  await jobs.resume();
  session.start();
  return { spool, session, jobs };
}

/** Tells the master which jobs the spool has. A confirmation that is lost is given again when the job comes again. */
function confirmations(session: Session): Batcher<string> {
  return new Batcher<string>(4096, async (jids) => {
    await session.request('got', { jids: [...jids] }).catch(() => undefined);
  });
}

/** Answers how the minion is, and reports what waits in it. */
function tellStatus(link: LinkServer, id: string, parts: Parts, deps: MinionDeps, undo: UndoList): void {
  serveStatus(link, { status: () => minionStatus(id, parts), health: () => minionHealth(parts) });
  serveMetrics(link, deps.telemetry);
  const queues = (): Queue[] => minionQueues(parts);
  undo.add('queue reports', reportQueues('minion', queues, deps));
}

async function openSpool(folder: string, deps: MinionDeps, undo: UndoList): Promise<Spool> {
  const lock = await lockFolder(folder, 'minion');
  undo.add('the folder lock', () => lock.release());
  const spool = new Spool(await openStore(join(folder, 'spool'), spoolTables, deps));
  undo.add('the spool', () => spool.close());
  return spool;
}

/** The functions, with the operator's modules loaded. */
async function openFunctions(
  settings: Settings,
  deps: MinionDeps,
  undo: UndoList,
  grains: () => ValueMap,
): Promise<Functions> {
  const { clock, telemetry, parseArgument = (text: string): Value => text } = deps;
  const functions = new Functions({
    folder: settings.minion.modulesDir,
    clock,
    telemetry,
    limits: workerLimits,
    parse: parseArgument,
    grains,
  });
  undo.add('the modules', () => functions.close());
  await functions.reload();
  return functions;
}
