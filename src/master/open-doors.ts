import { userInfo } from 'node:os';
import {
  bindLink,
  type EventServer,
  ensureSocketFolder,
  type LinkServer,
  masterSockets,
  serveEvents,
  serveMetrics,
  serveSaltSockets,
  socketPath,
  zapAuthenticator,
} from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import { type UndoList, withTrace } from '../core/index.ts';
import type { MasterDeps } from './deps.ts';
import { type LocalOptions, serveLocal, sourceOf } from './local-link.ts';
import { serveEnrol } from './minions/enrol-link.ts';
import { encodeBye, serveWork, type WorkStatus } from './minions/work-link.ts';
import type { Doors, Parts } from './open-parts.ts';
import { submitter } from './submit.ts';

const linkBytesMax = 64 << 20;
const enrolBytesMax = 4096;
const enrolPerSecondMax = 100;

type Name = 'master' | 'work' | 'enrol';
type Bind = (
  name: Name,
  options: Omit<Parameters<typeof bindLink>[0], 'clock' | 'telemetry'>,
) => Promise<LinkServer>;

/**
 * Opens the sockets, the local one first. Each accepts when all its handlers are set: an early request that found no
 * verb would be refused for good.
 */
export async function openDoors(
  settings: Settings,
  deps: MasterDeps,
  parts: Parts,
  doors: Doors,
  work: WorkStatus,
  told: Pick<LocalOptions, 'status' | 'health'>,
  undo: UndoList,
): Promise<void> {
  ensureSocketFolder(settings.sockDir);
  const bind: Bind = async (name, options) => {
    const { clock, telemetry } = deps;
    const link = await bindLink({ ...options, clock, telemetry });
    undo.add(`${name} socket`, () => link.close());
    return link;
  };
  const ipc = (name: Name): string => `ipc://${socketPath(settings.sockDir, name)}`;
  const tcp = tcpEndpoint(settings.master.interface);
  const { port, enrolPort } = settings.master;

  const local = await bind('master', { endpoints: [ipc('master')], bytesMax: linkBytesMax });
  const events = serveBus(local, settings, deps, parts, undo);
  Object.assign(doors, { local, events });
  await offerSaltSockets(settings, deps, parts, events, undo);
  const submit = submitter({ ...parts, user: userName(), hostMinion: settings.minion.id });
  serveLocal(local, { ...parts, ...told, submit });
  serveMetrics(local, deps.telemetry);
  local.accept();

  const curve = await curveFor(deps, parts, undo);
  doors.work = await bind('work', { endpoints: [tcp(port), ipc('work')], curve, bytesMax: linkBytesMax });
  serveWork(doors.work, { ...parts, ...deps, status: work, append: (list) => events.append(list) });
  doors.work.accept();
  sayGoodbye(doors.work, parts, undo);

  doors.enrol = await bind('enrol', { endpoints: [tcp(enrolPort), ipc('enrol')], bytesMax: enrolBytesMax });
  serveEnrol(doors.enrol, { ...parts, ...deps, attemptsPerSecondMax: enrolPerSecondMax });
  doors.enrol.accept();
}

/** A user without an entry in the system's table has only a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function tcpEndpoint(address: string): (port: number) => string {
  const host = address.includes(':') ? `[${address}]` : address;
  return (port) => `tcp://${host}:${port}`;
}

/** Only accepted keys may connect. */
async function curveFor(
  { ids, telemetry }: MasterDeps,
  { own, keys }: Parts,
  undo: UndoList,
): Promise<{ publicKey: string; secretKey: string; domain: string }> {
  const domain = `brine-work-${ids.random(8)}`;
  const zap = await zapAuthenticator({ domain, telemetry, isAllowed: (key) => keys.isAcceptedKey(key) });
  undo.add('key check', () => zap.close());
  return { publicKey: own.publicKey, secretKey: own.secretKey, domain };
}

function serveBus(
  local: LinkServer,
  settings: Settings,
  { clock, telemetry }: MasterDeps,
  { log }: Parts,
  undo: UndoList,
): EventServer {
  const events = serveEvents(local, log, {
    clock,
    telemetry,
    eventBytesMax: settings.eventBytesMax,
    queueEventsMax: settings.master.queueEventsMax,
    headFor: (_peer, given) => ({ source: sourceOf(given?.source), ...withTrace(given?.trace) }),
  });
  undo.add('event readers', () => events.close());
  return events;
}

/** For programs written for Salt's event library. */
async function offerSaltSockets(
  settings: Settings,
  { clock, telemetry }: MasterDeps,
  { log }: Parts,
  events: EventServer,
  undo: UndoList,
): Promise<void> {
  if (settings.salt.sockets === 'off') return;
  const served = await serveSaltSockets({
    sockets: masterSockets(settings.sockDir),
    readers: settings.salt.sockets,
    log,
    publish: (group) => events.publish(group),
    head: { source: sourceOf(undefined) },
    eventBytesMax: settings.eventBytesMax,
    clock,
    telemetry,
  });
  undo.add('Salt sockets', () => served.close());
}

function sayGoodbye(work: LinkServer, { sessions }: Parts, undo: UndoList): void {
  undo.add('minions', async () => {
    const bye = encodeBye('The master is stopping.');
    const peers = sessions.ids().flatMap((id) => sessions.get(id)?.peer ?? []);
    await Promise.all(peers.map((peer) => work.push(peer, 'bye', bye)));
    sessions.closeAll('the master is stopping');
  });
}
