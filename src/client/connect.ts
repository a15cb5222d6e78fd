import { connectBus, connectLink, socketPath } from '../bus/index.ts';
import { systemClock } from '../system/index.ts';
import { probeSocket } from './probe.ts';
import { EventSession, type SessionOptions } from './session.ts';
import { settingsFor, type WhereOptions } from './where.ts';

export interface ConnectOptions extends WhereOptions {
  /** Whose bus: the master's (default), or that of a minion of this host. */
  readonly node?: 'master' | 'minion';
  /** Which minion, when it is not the configured one. */
  readonly id?: string;
  /** false: only fire, never read. */
  readonly listen?: boolean;
  /** Called when events were lost for this reader: trimmed before it read them. */
  readonly onGap?: NonNullable<SessionOptions['onGap']>;
}

/** Connects to an event bus of this host. Events from now on will be seen. Throws NOT_RUNNING. */
export async function connect(options: ConnectOptions = {}): Promise<EventSession> {
  const settings = settingsFor(options);
  const id = options.id ?? settings.minion.id;
  const onMaster = (options.node ?? 'master') === 'master';
  const path = socketPath(settings.sockDir, onMaster ? 'master' : { minion: id });
  await probeSocket(path, onMaster ? 'master' : `minion ${id}`);
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
