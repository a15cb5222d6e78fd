import type { EventBus, SaltApi, SaltApiReader } from '../../bus/index.ts';
import { BrineError, type EventLog, type UndoList, type ValueMap } from '../../core/index.ts';
import type { SaltAsking } from '../plane/asking.ts';
import type { CallBook } from '../source/book.ts';
import { Follower, type FollowerOptions, type OpenLog, openLog, stopMs } from '../source/follower.ts';
import type { EventSource } from '../source/source.ts';
import type { StampForm } from '../source/stamps.ts';
import { apiAsking } from './asking.ts';
import { Echoes } from './echoes.ts';
import { AskedJobs } from './jobs.ts';
import { Silence } from './silence.ts';

export interface SaltApiSourceOptions extends FollowerOptions {
  readonly api: SaltApi;
  /** Where it is, for people. */
  readonly url: string;
  readonly username: string;
  /** Send an event to oneself when none has come for long; otherwise silence is believed. */
  readonly probes: boolean;
}

/** A Salt master's bus as salt-api has it, from any host. */
export interface SaltApiSource extends EventSource {
  readonly asking: SaltAsking;
  readonly echoes: Echoes;
  readonly jobs: AskedJobs;
  /** Throws BUS_CLOSED while the events of some time may be missing. */
  expectSettled(): void;
}

/** Opens the log. Throws DATA_DIR_IN_USE and JOURNAL_DAMAGED. */
export async function openSaltApiSource(options: SaltApiSourceOptions): Promise<SaltApiSource> {
  return new ApiSource(options, await openLog(options));
}

class ApiSource implements SaltApiSource {
  readonly asking: SaltAsking;
  readonly echoes: Echoes;
  readonly jobs: AskedJobs;
  readonly #options: SaltApiSourceOptions;
  readonly #undo: UndoList;
  readonly #follower: Follower;
  readonly #silence: Silence;
  #reader: SaltApiReader | undefined;

  constructor(options: SaltApiSourceOptions, open: OpenLog) {
    const { api, clock, ids, url, username } = options;
    this.#options = options;
    this.#undo = open.undo;
    this.asking = apiAsking(api.session, username);
    this.echoes = new Echoes(clock);
    this.#follower = new Follower(
      options,
      {
        name: 'salt-api',
        place: url,
        saw: (tag, data) => this.echoes.saw(tag, data),
        recover: (sinceMs, form, log) => this.jobs.missed(sinceMs, form, log),
      },
      open,
    );
    const { asking } = this;
    const deps = { salt: { user: username }, asking, book: this.book, clock };
    this.jobs = new AskedJobs(deps);
    this.#silence = new Silence({
      ...deps,
      ids,
      broken: (reason) => this.#reader?.restart(reason),
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
    const { api, eventBytesMax, probes } = this.#options;
    const follower = this.#follower;
    this.#reader = api.read({
      // The tag and what JSON needs more than msgpack come on top of the data.
      eventBytesMax: 2 * eventBytesMax + 16_384,
      connected: () => {
        if (probes) this.#silence.watch();
        follower.onConnected();
      },
      events: (events) => {
        this.#silence.heard();
        follower.take(events);
      },
      refused: (reason, kind) => follower.onRefused(reason, kind),
      lost: (reason) => {
        this.#silence.stop();
        follower.onLost(reason);
      },
    });
    this.#undo.add('reading the bus', () => {
      this.#silence.stop();
      this.#reader?.close();
    });
  }

  stampForm(): StampForm {
    return this.#follower.stampForm();
  }

  expectSettled(): void {
    if (!this.#follower.settled)
      throw new BrineError(
        'BUS_CLOSED',
        'Whether this was done already can be known when the missed events were looked for.',
      );
  }

  stop(): Promise<void> {
    return this.#undo.run(this.#options.clock, stopMs);
  }

  status(): ValueMap {
    return new Map([...this.#follower.status(), ['logins', this.#options.api.session.logins]]);
  }
}
