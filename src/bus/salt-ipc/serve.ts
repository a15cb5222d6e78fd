import {
  type Clock,
  type EventHead,
  type EventLog,
  messageOf,
  type NewEvents,
  type Telemetry,
} from '../../core/index.ts';
import type { PublishAck } from '../types.ts';
import type { SaltEvent } from './event-body.ts';
import type { SaltFraming } from './framing.ts';
import { type SaltPub, serveSaltPub } from './pub-server.ts';
import { serveSaltPull } from './pull-server.ts';
import type { SaltSockets } from './socket-names.ts';

/** Which release the readers of a pub socket are from; `plain` is every release before the prefixed frames. */
export type SaltReaders = 3006 | 3007 | 3008 | 'plain';

export interface ServeSaltSocketsOptions {
  readonly sockets: SaltSockets;
  readonly readers: SaltReaders;
  readonly log: EventLog;
  /** Takes events into the log. Throws OVERLOADED and what the log throws. */
  readonly publish: (events: NewEvents) => Promise<PublishAck>;
  /** What is known of everybody who may open the pull socket. */
  readonly head: EventHead | null;
  readonly eventBytesMax: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface ServedSaltSockets {
  /** Connections that read. */
  readonly readers: number;
  close(): Promise<void>;
}

/** A log that refuses is tried again; its senders wait meanwhile. */
const retryMs = 250;
/** Around the data of an event: its tag, and the map that it travels in. */
const frameExtraBytes = 16 * 1024;

/** Offers a bus in Salt's own wire format. Throws SOCKET_PATH_TOO_LONG and what listening throws. */
export async function serveSaltSockets(options: ServeSaltSocketsOptions): Promise<ServedSaltSockets> {
  const { sockets, readers, log, telemetry, eventBytesMax } = options;
  const intake = new PullIntake(options);
  const where = `salt pub socket ${sockets.pub}`;
  const pub: SaltPub = await serveSaltPub({
    path: sockets.pub,
    framing: framingFor(readers),
    log,
    missed: (events) =>
      telemetry.emit({
        kind: 'bus.reader.cut',
        reader: where,
        reason: `${events} events were gone before it read them`,
      }),
    failed: (error) => telemetry.emit({ kind: 'unexpected', where, message: messageOf(error) }),
  });
  const pull = await serveSaltPull({
    path: sockets.pull,
    frameBytesMax: eventBytesMax + frameExtraBytes,
    events: (events) => intake.take(events),
    refused: () => telemetry.emit({ kind: 'bus.refused', count: 1, code: 'BAD_EVENT' }),
  }).catch(async (error: unknown) => {
    await pub.close();
    throw error;
  });
  return {
    get readers() {
      return pub.readers;
    },
    close: async () => {
      intake.stop();
      await Promise.all([pub.close(), pull.close()]);
    },
  };
}

/** Salt 3006.26 and later want a length before each frame; 3007 and 3008 die on one. */
function framingFor(readers: SaltReaders): SaltFraming {
  return readers === 3006 ? 'prefixed' : 'plain';
}

/** Brings what arrived on the pull socket into the log, and keeps at it while the log refuses. */
class PullIntake {
  readonly #options: ServeSaltSocketsOptions;
  #stopped = false;

  constructor(options: ServeSaltSocketsOptions) {
    this.#options = options;
  }

  async take(events: readonly SaltEvent[]): Promise<void> {
    const { head, publish, telemetry } = this.#options;
    const group: NewEvents = {
      tags: events.map(({ tag }) => tag),
      bodies: events.map(({ data }) => data),
      heads: head === null ? null : events.map(() => head),
    };
    let told = '';
    while (!this.#stopped) {
      try {
        await publish(group);
        return;
      } catch (error) {
        const message = messageOf(error);
        if (message !== told)
          telemetry.emit({ kind: 'unexpected', where: this.#options.sockets.pull, message });
        told = message;
        await this.#pause();
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(retryMs, resolve);
    });
  }
}
