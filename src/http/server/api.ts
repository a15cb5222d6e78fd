import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EventBus } from '../../bus/index.ts';
import type { Settings } from '../../config/index.ts';
import {
  BrineError,
  type Clock,
  type Ids,
  Life,
  type Queue,
  reportQueues,
  systemCode,
  type Telemetry,
  type UndoList,
} from '../../core/index.ts';
import { lockFolder } from '../../journal/index.ts';
import { Streams } from '../events/streams.ts';
import { compileHooks } from '../hooks/hook.ts';
import { PublishOnce } from '../publish/publish-once.ts';
import { Access } from '../users/access.ts';
import { LockOut } from '../users/lock-out.ts';
import { Sessions } from '../users/sessions.ts';
import { openTokenFile, openTokenUse } from '../users/token-file.ts';
import { TokenUse } from '../users/token-use.ts';
import { apiFolder, openUserFile } from '../users/user-file.ts';
import { assemble } from './assemble.ts';
import { checkListening } from './listen-policy.ts';
import { MasterLink } from './master-link.ts';
import { ReactorLink } from './reactor-link.ts';
import { Traffic } from './traffic.ts';

export interface ApiDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** The REST API of the master in the same data folder. Start it once; a stopped one stays stopped. */
export interface Api {
  /** Throws BAD_CONFIG, DATA_DIR_IN_USE, PORT_IN_USE; then nothing stays open. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `http://127.0.0.1:8000`, with the real port. Throws NOT_RUNNING before `start`. */
  readonly url: string;
}

const stopDeadlineMs = 10_000;

export function createApi(settings: Settings, deps: ApiDeps): Api {
  const life = new Life({
    clock: deps.clock,
    stopDeadlineMs,
    name: 'The API',
    open: (undo) => open(settings, deps, undo),
  });
  return {
    start: () => life.start(),
    stop: () => life.stop(),
    get url() {
      return life.running;
    },
  };
}

async function open(settings: Settings, deps: ApiDeps, undo: UndoList): Promise<string> {
  const { api } = settings;
  const { clock, telemetry } = deps;
  const hooks = compileHooks(settings, clock);
  const access = await openAccess(settings, deps, undo);
  checkListening(api, access.hasAnybody(), telemetry);
  const master = new MasterLink({ sockDir: settings.sockDir, clock, telemetry });
  undo.add('master', () => master.close());
  const reactor = new ReactorLink({ sockDir: settings.sockDir, clock, telemetry });
  undo.add('reactor', () => reactor.close());
  const once = await openOnce(settings, deps, master);
  undo.add('deliveries', () => once.close());
  await master.start();
  const traffic = new Traffic(clock.nowMs());
  const { heartbeatMs, stallMs } = api;
  const streams = new Streams({ head: master.events, clock, telemetry, heartbeatMs, stallMs });
  undo.add('streams', () => streams.close('The server stops.'));
  const queues = (): Queue[] => [
    { name: 'requests under way', depth: traffic.underWay },
    { name: 'streams of events', depth: streams.count },
  ];
  undo.add('queue reports', reportQueues('api', queues, deps));
  const { app, stop } = assemble({
    settings,
    api,
    ...deps,
    access,
    master,
    reactor,
    traffic,
    streams,
    hooks,
    once,
  });
  undo.add('server', async () => {
    stop();
    await app.close();
  });
  try {
    await app.listen({ host: api.host, port: api.port });
  } catch (cause) {
    if (systemCode(cause) !== 'EADDRINUSE') throw cause;
    const message = `The port ${api.port} of ${api.host} is in use by another program.`;
    throw new BrineError('PORT_IN_USE', message, { fields: { port: api.port }, cause });
  }
  const { port } = app.server.address() as AddressInfo;
  const host = api.host.includes(':') ? `[${api.host}]` : api.host;
  const url = `${api.tls === null ? 'http' : 'https'}://${host}:${port}`;
  telemetry.emit({ kind: 'process.ready', role: 'api', fields: { url } });
  return url;
}

function openOnce({ dataDir }: Settings, deps: ApiDeps, master: MasterLink): Promise<PublishOnce> {
  const bus = (): EventBus => master.require().bus;
  return PublishOnce.open(join(apiFolder(dataDir), 'deliveries'), { ...deps, bus });
}

async function openAccess(settings: Settings, deps: ApiDeps, undo: UndoList): Promise<Access> {
  const { dataDir, api } = settings;
  const { clock, telemetry } = deps;
  const folder = apiFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder, 'api');
  undo.add('folder lock', () => lock.release());
  const options = { ...deps, idleMs: api.sessionIdleMs, maxMs: api.sessionMaxMs };
  const sessions = await Sessions.open(join(folder, 'sessions'), options);
  undo.add('sessions', () => sessions.close());
  const tokenUse = new TokenUse(openTokenUse(dataDir), clock, telemetry);
  undo.add('token use', () => tokenUse.close());
  return new Access({
    clock,
    telemetry,
    users: openUserFile(dataDir),
    tokens: openTokenFile(dataDir),
    tokenUse,
    sessions,
    lockOut: new LockOut(clock),
  });
}
