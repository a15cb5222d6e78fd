import { userInfo } from 'node:os';
import { connectBus, connectLink, socketPath } from '../bus/index.ts';
import { loadSettings, type Settings } from '../config/index.ts';
import { BrineError, formatProblem } from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import { LocalClient } from './local-client.ts';
import { connectMaster, type MasterClient } from './master-client.ts';
import { probeSocket } from './probe.ts';
import { RunnerClient } from './runner-client.ts';
import { EventSession, type SessionOptions } from './session.ts';

export interface WhereOptions {
  /** Folder of the sockets; the configuration's unless given. */
  readonly sockDir?: string;
  /** Configuration file; `BRINE_CONFIG`, or none. */
  readonly config?: string;
  readonly dataDir?: string;
}

export interface ConnectOptions extends WhereOptions {
  /** Whose bus: the master's (default), or that of a minion of this host. */
  readonly node?: 'master' | 'minion';
  /** Which minion, when it is not the configured one. */
  readonly id?: string;
  /** false: only fire, never read. */
  readonly listen?: boolean;
  /** Called when events were lost for this reader: trimmed before it read them. */
  readonly onGap?: SessionOptions['onGap'];
}

/** Connects to an event bus of this host. Events from now on will be seen. Throws NOT_RUNNING. */
export async function connect(options: ConnectOptions = {}): Promise<EventSession> {
  const node = options.node ?? 'master';
  const { sockDir, id } = whereIs(options);
  const path = socketPath(sockDir, node === 'master' ? 'master' : { minion: id });
  await probeSocket(path, node === 'master' ? 'master' : `minion ${id}`);
  const link = connectLink({ endpoint: `ipc://${path}`, clock: systemClock });
  const bus = connectBus(link, { clock: systemClock });
  const session = new EventSession({
    bus,
    clock: systemClock,
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.onGap === undefined ? {} : { onGap: options.onGap }),
    onClose: async () => {
      await bus.close();
      await link.close();
    },
  });
  try {
    await session.ready();
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/** The clients of one master, which share a connection. */
export interface Clients extends AsyncDisposable {
  readonly local: LocalClient;
  readonly runner: RunnerClient;
  readonly master: MasterClient;
  close(): Promise<void>;
}

/** Connects to the master of this host, to run jobs and runners. Throws NOT_RUNNING. */
export async function connectClients(options: WhereOptions = {}): Promise<Clients> {
  const { sockDir } = whereIs(options);
  const master = await connectMaster({ sockDir, clock: systemClock, user: userInfo().username });
  return {
    local: new LocalClient(master, systemClock),
    runner: new RunnerClient(master),
    master,
    close: () => master.close(),
    [Symbol.asyncDispose]: () => master.close(),
  };
}

function whereIs(options: ConnectOptions): { sockDir: string; id: string } {
  const settings = settingsFor(options);
  return { sockDir: options.sockDir ?? settings.sockDir, id: options.id ?? settings.minion.id };
}

/** The settings that a script runs under. Throws BAD_CONFIG with every problem of the file. */
export function settingsFor(options: WhereOptions): Settings {
  const loaded = loadSettings({
    file: options.config,
    dataDir: options.dataDir,
    env: process.env,
    cwd: process.cwd(),
  });
  if (loaded.ok) return loaded.settings;
  throw new BrineError('BAD_CONFIG', loaded.problems.map(formatProblem).join('\n'), {
    fields: { problems: loaded.problems },
  });
}
