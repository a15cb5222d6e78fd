import {
  bindLink,
  connectBus,
  connectLink,
  type EventBus,
  type EventServer,
  type LinkClient,
  type LinkServer,
  type LinkStatus,
  memoryLog,
  type ServeEventsOptions,
  serveEvents,
} from '../../../src/bus/index.ts';
import {
  type EventLog,
  mapOf,
  type OutgoingEvent,
  type Telemetry,
  type TraceEvent,
} from '../../../src/core/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

export const clock = systemClock;

export interface Recorder extends Telemetry {
  readonly events: TraceEvent[];
}

export function recorder(): Recorder {
  const events: TraceEvent[] = [];
  return { events, emit: (event) => void events.push(event) };
}

/** A bus over a unix socket, with everything that has to be closed again. */
export interface Served extends AsyncDisposable {
  readonly endpoint: string;
  readonly path: string;
  readonly link: LinkServer;
  readonly server: EventServer;
  readonly log: EventLog;
  readonly telemetry: Recorder;
  /** Another client of the same bus. */
  connect(): { link: LinkClient; bus: EventBus };
}

export async function serve(options: Partial<ServeEventsOptions> & { log?: EventLog } = {}): Promise<Served> {
  const folder = temporaryFolder();
  const path = `${folder.path}/bus.ipc`;
  const endpoint = `ipc://${path}`;
  const telemetry = recorder();
  const link = await bindLink({ endpoints: [endpoint], bytesMax: 8 << 20, telemetry, clock });
  const log = options.log ?? memoryLog({ id: 'testlog1', eventsMax: 100_000, clock });
  const limits = { eventBytesMax: 1 << 20, queueEventsMax: 100_000 };
  const server = serveEvents(link, log, { clock, telemetry, ...limits, ...options });
  link.accept();
  const clients: { link: LinkClient; bus: EventBus }[] = [];
  const connect = (): { link: LinkClient; bus: EventBus } => {
    const client = connectLink({ endpoint, clock, telemetry });
    const entry = { link: client, bus: connectBus(client, { clock, timeoutMs: 10_000 }) };
    clients.push(entry);
    return entry;
  };
  const dispose = async (): Promise<void> => {
    for (const client of clients) {
      await client.bus.close();
      await client.link.close();
    }
    server.close();
    await link.close();
    folder[Symbol.dispose]();
  };
  return { endpoint, path, link, server, log, telemetry, connect, [Symbol.asyncDispose]: dispose };
}

export function event(tag: string, n = 0): OutgoingEvent {
  return { tag, data: mapOf({ n }) };
}

/** Resolves with the first status that passes. */
export function statusOf(link: LinkClient, kind: LinkStatus['kind']): Promise<LinkStatus> {
  return new Promise((resolve) => {
    link.onStatus((status) => {
      if (status.kind === kind) resolve(status);
    });
  });
}

/** Waits until `condition` holds, by looking again after each turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
