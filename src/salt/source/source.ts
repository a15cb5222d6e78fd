import { type EventBus, fireSaltEvents, readSaltEvents, type SaltReader } from '../../bus/index.ts';
import { type EventLog, type UndoList, type ValueMap } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import type { CallBook } from './book.ts';
import { Follower, type FollowerOptions, type OpenLog, openLog, stopMs } from './follower.ts';
import { JobCache } from './job-cache.ts';
import { missedReturns } from './recovery.ts';
import { Sender } from './sender.ts';
import type { StampForm } from './stamps.ts';

export interface SaltSourceOptions extends FollowerOptions {
  readonly salt: Pick<SaltMaster, 'sockets' | 'cacheDir' | 'hashType' | 'id' | 'keepsJobs'>;
  /** Find out at every connection how events are fired; otherwise only when one is. */
  readonly probes: boolean;
}

/** A Salt master's event bus as a bus of Brine's: everything read is in a log of our own before it is decided. */
export interface EventSource {
  /** Follows the log: what the reactor reads. */
  readonly bus: EventBus;
  readonly log: EventLog;
  readonly book: CallBook;
  /** How the master stamps its events, as far as it was seen. */
  stampForm(): StampForm;
  /** Begins to read; connects again for ever. */
  start(): void;
  status(): ValueMap;
  stop(): Promise<void>;
}

/** The bus as its sockets have it. */
export interface SaltSource extends EventSource {
  readonly sender: Sender;
}

const recoveredMax = 10_000;

/** Opens the log. Throws DATA_DIR_IN_USE and JOURNAL_DAMAGED. */
export async function openSaltSource(options: SaltSourceOptions): Promise<SaltSource> {
  return new IpcSource(options, await openLog(options));
}

class IpcSource implements SaltSource {
  readonly sender: Sender;
  readonly #options: SaltSourceOptions;
  readonly #undo: UndoList;
  readonly #follower: Follower;
  #reader: SaltReader | undefined;

  constructor(options: SaltSourceOptions, open: OpenLog) {
    const { clock, ids, telemetry, salt } = options;
    this.#options = options;
    this.#undo = open.undo;
    const cache = salt.keepsJobs ? new JobCache(salt) : undefined;
    this.#follower = new Follower(
      options,
      {
        name: 'salt-ipc',
        place: salt.sockets.pub,
        saw: (tag, data) => this.sender.saw(tag, data),
        recover:
          cache === undefined
            ? undefined
            : (sinceMs, form, log) =>
                missedReturns(sinceMs, form, { cache, log, clock, returnsMax: recoveredMax }),
      },
      open,
    );
    const firing = fireSaltEvents({ path: salt.sockets.pull, clock });
    open.undo.add('firing events', () => firing.close());
    this.sender = new Sender({
      firing,
      clock,
      ids,
      pubFraming: () => this.#reader?.framing,
      found: (framing) => {
        if (framing === undefined && this.#follower.connected)
          telemetry.emit({
            kind: 'unexpected',
            where: 'firing events on the Salt bus',
            message: 'a probe came back in neither framing; events cannot be fired now',
          });
      },
    });
  }

  get bus(): EventBus {
    return this.#follower.bus;
  }

  get log(): EventLog {
    return this.#follower.log;
  }

  get book(): CallBook {
    return this.#follower.book;
  }

  start(): void {
    const { clock, salt, eventBytesMax, probes } = this.#options;
    const follower = this.#follower;
    const reader = readSaltEvents({
      path: salt.sockets.pub,
      clock,
      // The tag and the envelope come on top of the data.
      frameBytesMax: eventBytesMax + 16_384,
      connected: () => {
        follower.onConnected();
        this.sender.connected(probes);
      },
      events: (events) => follower.take(events),
      refused: (reason, kind) => follower.onRefused(reason, kind),
      lost: (reason) => follower.onLost(reason),
    });
    this.#reader = reader;
    this.#undo.add('reading the bus', () => reader.close());
  }

  stampForm(): StampForm {
    return this.#follower.stampForm();
  }

  stop(): Promise<void> {
    return this.#undo.run(this.#options.clock, stopMs);
  }

  status(): ValueMap {
    return new Map([
      ...this.#follower.status(),
      ['reads', this.#reader?.framing ?? null],
      ['fires', this.sender.framing ?? null],
    ]);
  }
}
