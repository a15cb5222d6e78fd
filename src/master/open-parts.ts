import type { EventServer, LinkServer } from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import { type Ids, jidLane, messageOf, type OutgoingEvent, type UndoList } from '../core/index.ts';
import type { MasterDeps } from './deps.ts';
import { functionTables } from './function-tables.ts';
import { askMinions } from './functions/ask-minions.ts';
import { Runs } from './functions/runs.ts';
import { Deliveries } from './jobs/deliveries.ts';
import { JobCache } from './jobs/job-cache.ts';
import { Outgoing } from './jobs/outgoing.ts';
import { Publisher } from './jobs/publisher.ts';
import { Returns } from './jobs/returns.ts';
import { Keyring } from './keys/keyring.ts';
import { Grains } from './minions/grains.ts';
import { Presence } from './minions/presence.ts';
import { Sessions } from './minions/sessions.ts';
import { encodeBye } from './minions/work-link.ts';
import type { Disk } from './open-disk.ts';
import { keepForSomeTime } from './retention.ts';
import type { Inventory } from './targets/index.ts';

/** Sockets, as far as they are open. The parts exist before them, so that no request finds half a master. */
export interface Doors {
  local?: LinkServer;
  work?: LinkServer;
  enrol?: LinkServer;
  events?: EventServer;
}

/** Everything between the disk and the sockets. */
export interface Parts extends Disk {
  readonly keys: Keyring;
  readonly grains: Grains;
  readonly sessions: Sessions;
  readonly cache: JobCache;
  readonly deliveries: Deliveries;
  readonly returns: Returns;
  readonly publisher: Publisher;
  readonly runs: Runs;
}

const pendingKeysMax = 1000;
/** A minion that was silent for so many presence intervals counts as lost. */
const silentIntervalsMax = 3;
const deliverySweepMs = 10_000;
/** How long a stopping master waits for its runners. */
const settleMs = 2000;

export function openParts(
  settings: Settings,
  deps: MasterDeps,
  disk: Disk,
  doors: Doors,
  undo: UndoList,
): Parts {
  const { store, ledger } = disk;
  const sessions = openSessions(settings, deps, disk, undo);
  const revoke = (id: string): void => {
    const session = sessions.get(id);
    if (session === undefined) return;
    sessions.close(session, 'its key was taken away');
    void doors.work?.push(session.peer, 'bye', encodeBye('The key of this minion is no longer accepted.'));
  };
  const keys = new Keyring({
    ...disk,
    ...deps,
    autoAccept: settings.master.autoAccept,
    pendingMax: pendingKeysMax,
    onRevoked: revoke,
  });
  const base = { ...disk, keys, sessions, grains: new Grains(store, ledger), cache: new JobCache(store) };
  const parts = { ...base, ...openJobs(settings, deps, base, doors) };
  keepTidy(settings, deps, parts, undo);
  undo.add('runners', () => settled(parts.runs, deps));
  return parts;
}

function openSessions(settings: Settings, deps: MasterDeps, { ledger }: Disk, undo: UndoList): Sessions {
  const { clock, telemetry } = deps;
  const { presenceIntervalS, presenceEvents } = settings.master;
  const intervalMs = presenceIntervalS * 1000;
  const sessions = new Sessions({
    ...deps,
    silenceMsMax: intervalMs * silentIntervalsMax,
    onChange: () => presence.changed(),
  });
  const publish = (list: readonly OutgoingEvent[]): void => {
    ledger.record([], list).catch((error: unknown) => {
      telemetry.emit({ kind: 'unexpected', where: 'master presence', message: messageOf(error) });
    });
  };
  const presence = new Presence({
    clock,
    intervalMs,
    enabled: presenceEvents,
    present: () => sessions.ids(),
    publish,
    sweep: () => sessions.sweep(),
  });
  presence.start();
  undo.add('presence', () => presence.stop());
  return sessions;
}

type Base = Pick<Parts, keyof Disk | 'keys' | 'sessions' | 'grains' | 'cache'>;

function openJobs(
  settings: Settings,
  deps: MasterDeps,
  base: Base,
  doors: Doors,
): Pick<Parts, 'deliveries' | 'returns' | 'publisher' | 'runs'> {
  const { clock } = deps;
  const ids = ownIds(deps.ids, base);
  const { keys, sessions, grains, own } = base;
  const inventory: Inventory = {
    get ids() {
      return keys.acceptedIds();
    },
    has: (id) => keys.isAccepted(id),
    grains: (id) => grains.get(id),
    nodeGroups: settings.master.nodegroups,
  };
  const isAttached = (id: string): boolean => sessions.has(id);
  const outgoing = openOutgoing(deps, sessions, doors);
  const deliveries = new Deliveries({
    ...base,
    ...deps,
    outgoing,
    isAttached,
    leaseMs: settings.master.jobLeaseMs,
  });
  const returns = new Returns({ ...base, ...deps, ids, deliveries, eventBytesMax: settings.eventBytesMax });
  const publisher = new Publisher({ ...base, ...deps, ids, deliveries, inventory });
  const ask = askMinions({
    publisher,
    returns,
    clock,
    newJid: () => ids.jid(),
    attached: () => sessions.ids(),
    timeoutMs: settings.master.gatherJobTimeoutS * 1000,
  });
  const { sockDir } = settings;
  const sources = { ...base, inventory, isAttached, ask, masterKey: own.publicKey, sockDir, clock };
  const runs = new Runs({ ...base, ...deps, ids, tables: functionTables(sources) });
  return { deliveries, returns, publisher, runs };
}

/** Ids for jobs that nobody else named: in a lane of their own, and none that a job or a run has already. */
function ownIds(given: Ids, { store }: Pick<Disk, 'store'>): Ids {
  const next = jidLane(() => given.jid(), 0);
  const isTaken = (jid: string): boolean =>
    store.get('jobs', jid) !== undefined || store.get('runs', jid) !== undefined;
  return {
    jid: () => {
      let jid = next();
      while (isTaken(jid)) jid = next();
      return jid;
    },
    random: (bytes) => given.random(bytes),
    fraction: () => given.fraction(),
  };
}

function openOutgoing({ clock, telemetry }: MasterDeps, sessions: Sessions, doors: Doors): Outgoing {
  return new Outgoing({
    clock,
    telemetry,
    send: async (id, jobs) => {
      const session = sessions.get(id);
      return session !== undefined && (await doors.work?.push(session.peer, 'job', jobs)) === true;
    },
    isAttached: (id) => sessions.has(id),
    giveUp: (id) => {
      const session = sessions.get(id);
      if (session !== undefined) sessions.close(session, 'its connection takes no jobs');
    },
  });
}

function keepTidy(settings: Settings, deps: MasterDeps, parts: Parts, undo: UndoList): void {
  const keepMs = settings.master.keepJobsHours * 3_600_000;
  undo.add('job retention', keepForSomeTime({ ...parts, ...deps, keepMs }));
  let cancel: () => void = () => undefined;
  const sweepLater = (): void => {
    cancel = deps.clock.after(deliverySweepMs, () => {
      parts.deliveries.sweep();
      sweepLater();
    });
  };
  sweepLater();
  undo.add('delivery sweep', () => cancel());
}

/** Runners that take longer are told of as unfinished by the next start. */
function settled(runs: Runs, { clock }: MasterDeps): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(settleMs, resolve);
    void runs.settle().then(() => {
      cancel();
      resolve();
    });
  });
}
