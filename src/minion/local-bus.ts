import {
  bindLink,
  type EventServer,
  encodeEvents,
  ensureSocketFolder,
  type LinkServer,
  memoryLog,
  minionSockets,
  type ServedSaltSockets,
  serveEvents,
  serveSaltSockets,
  socketPath,
  unpackData,
} from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import {
  BrineError,
  type Clock,
  type EventLog,
  getString,
  type Ids,
  messageOf,
  type NewEvents,
  type Telemetry,
  tagFault,
  type Value,
  type ValueMap,
} from '../core/index.ts';

/** Events that a minion's bus remembers for readers that lag. */
const eventsKept = 10_000;
const queueEventsMax = 10_000;

/** The tag under which other processes of this host hand events to the minion for its master, as on Salt's bus. */
export const forwardTag = 'fire_master';

export interface ForMaster {
  readonly tag: string;
  readonly data: Value;
  readonly jid: string | null;
}

export interface LocalBusOptions {
  readonly id: string;
  readonly sockDir: string;
  readonly eventBytesMax: number;
  /** The release whose programs read the bus through Salt's event sockets. */
  readonly saltSockets: Settings['salt']['sockets'];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Resolves when the events for the master are in the spool. */
  forward(events: readonly ForMaster[]): Promise<void>;
}

export interface LocalBus {
  readonly link: LinkServer;
  fire(tag: string, data: ValueMap): Promise<void>;
  close(): Promise<void>;
}

/** The minion's own event bus, on its socket. */
export async function openLocalBus(options: LocalBusOptions): Promise<LocalBus> {
  const { id, sockDir, clock, telemetry, eventBytesMax } = options;
  ensureSocketFolder(sockDir);
  const link = await bindLink({
    endpoints: [`ipc://${socketPath(sockDir, { minion: id })}`],
    bytesMax: eventBytesMax * 4,
    clock,
    telemetry,
  });
  const memory = memoryLog({ id: options.ids.random(4), eventsMax: eventsKept, clock });
  const log = forwardingLog(memory, options);
  const server: EventServer = serveEvents(link, log, { clock, telemetry, eventBytesMax, queueEventsMax });
  const salt = await offerSaltSockets(options, log, server);
  return {
    link,
    fire: async (tag, data) => {
      encodeEvents([{ tag, data }], 0);
      const { refused } = await server.append([{ tag, data: new Map(data) }]);
      const [first] = refused;
      if (first !== undefined)
        throw new BrineError('BAD_EVENT', first.message, { fields: { code: first.code } });
    },
    close: async () => {
      await salt?.close();
      server.close();
      await link.close();
    },
  };
}

function offerSaltSockets(
  { id, sockDir, saltSockets, eventBytesMax, clock, telemetry }: LocalBusOptions,
  log: EventLog,
  server: EventServer,
): Promise<ServedSaltSockets> | undefined {
  if (saltSockets === 'off') return undefined;
  return serveSaltSockets({
    sockets: minionSockets(sockDir, id),
    readers: saltSockets,
    log,
    publish: (events) => server.publish(events),
    head: null,
    eventBytesMax,
    clock,
    telemetry,
  });
}

/**
 * A log whose `append` also hands events for the master over, so that whoever publishes one learns that it
 * is safe only when it is.
 */
function forwardingLog(log: EventLog, options: LocalBusOptions): EventLog {
  return {
    id: log.id,
    append: async (groups) => {
      const events = groups.flatMap((group) => forMaster(group, options.telemetry));
      if (events.length > 0) await options.forward(events);
      return log.append(groups);
    },
    read: (fromSeq, bytesMax) => log.read(fromSeq, bytesMax),
    nextSeq: () => log.nextSeq(),
    oldestSeq: () => log.oldestSeq(),
    seqAt: (atMs) => log.seqAt(atMs),
    onAppend: (listener) => log.onAppend(listener),
  };
}

function forMaster({ tags, bodies }: NewEvents, telemetry: Telemetry): ForMaster[] {
  const events: ForMaster[] = [];
  tags.forEach((tag, index) => {
    if (tag !== forwardTag) return;
    try {
      events.push(readForward(unpackData(bodies[index] ?? new Uint8Array())));
    } catch (error) {
      telemetry.emit({ kind: 'bus.refused', count: 1, code: 'BAD_EVENT' });
      telemetry.emit({ kind: 'unexpected', where: `minion ${forwardTag}`, message: messageOf(error) });
    }
  });
  return events;
}

function readForward(data: ValueMap): ForMaster {
  const tag = getString(data, 'tag') ?? '';
  const fault = tagFault(tag);
  if (fault !== undefined) throw new BrineError('BAD_EVENT', `${fault}.`);
  return { tag, data: data.get('data') ?? null, jid: getString(data, 'jid') ?? null };
}
