import { join } from 'node:path';
import {
  type EventBus,
  fireSaltEvents,
  memoryBus,
  packData,
  readSaltEvents,
  type SaltEvent,
  type SaltReader,
} from '../../bus/index.ts';
import {
  type Clock,
  type EventLog,
  type Ids,
  mapOf,
  messageOf,
  type Telemetry,
  UndoList,
  type ValueMap,
} from '../../core/index.ts';
import { lockFolder, openEventLog } from '../../journal/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { CallBook } from './book.ts';
import { gapEvent, gapTag, recoveredEvent } from './gap.ts';
import { type Incoming, Intake } from './intake.ts';
import { JobCache } from './job-cache.ts';
import { LimitedMap } from './limited-map.ts';
import { returnsIn } from './log-search.ts';
import { missedReturns } from './recovery.ts';
import { Sender } from './sender.ts';
import { Sorter } from './sorter.ts';
import type { StampForm } from './stamps.ts';

export interface SaltSourceOptions {
  readonly salt: Pick<SaltMaster, 'sockets' | 'cacheDir' | 'hashType' | 'id' | 'keepsJobs'>;
  /** Where the source keeps its log of the master's events. */
  readonly folder: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  /** Larger events are passed over, which is recorded. */
  readonly eventBytesMax: number;
  /** Events that may wait for the disk; further ones are a gap, which is recorded. */
  readonly queueEventsMax: number;
  /** Also take events that another master of a cluster has forwarded. */
  readonly peerEvents: boolean;
  /** Find out at every connection how events are fired; otherwise only when one is. */
  readonly probes: boolean;
}

/** A Salt master's event bus as a bus of Brine's: everything read is in a log of our own before it is decided. */
export interface SaltSource {
  /** Follows the log: what the reactor reads. */
  readonly bus: EventBus;
  readonly log: EventLog;
  readonly book: CallBook;
  readonly sender: Sender;
  /** How the master stamps its events, as far as it was seen. */
  stampForm(): StampForm;
  /** Begins to read; connects again for ever. */
  start(): void;
  status(): ValueMap;
  stop(): Promise<void>;
}

const stopMs = 5000;
/** The time that the bus needs to deliver what was on its way when the connection was made. */
const settleMs = 2000;
const queueBytesMax = 64 << 20;
const recoveredMax = 10_000;
const returnsKept = 50_000;
/** Minions give up long before this to send a return again. */
const returnsReadMs = 900_000;

/** Opens the log. Throws DATA_DIR_IN_USE and JOURNAL_DAMAGED. */
export async function openSaltSource(options: SaltSourceOptions): Promise<SaltSource> {
  const undo = new UndoList();
  try {
    const lock = await lockFolder(options.folder, 'reactor beside a Salt master');
    undo.add('the lock', () => lock.release());
    const log = await openEventLog(join(options.folder, 'events'), options);
    undo.add('the log', () => log.close());
    return new IpcSource(options, log, undo);
  } catch (error) {
    await undo.run(options.clock, stopMs).catch(() => undefined);
    throw error;
  }
}

class IpcSource implements SaltSource {
  readonly bus: EventBus;
  readonly log: EventLog;
  readonly book: CallBook;
  readonly sender: Sender;
  readonly #options: SaltSourceOptions;
  readonly #undo: UndoList;
  readonly #intake: Intake;
  readonly #sorter: Sorter;
  readonly #cache: JobCache | undefined;
  #reader: SaltReader | undefined;
  /** Since when nothing is read; undefined while the bus is read, and before the first start ever. */
  #blindSinceMs: number | undefined;
  #recoverSinceMs: number | undefined;
  #lostReason = 'Brine was not running';
  #connected = false;
  #counts = { gaps: 0, recovered: 0, refused: 0 };
  #cancelRecovery: () => void = () => undefined;
  #recovering: Promise<void> | undefined;

  constructor(options: SaltSourceOptions, log: EventLog, undo: UndoList) {
    const { clock, ids, telemetry, salt, peerEvents } = options;
    this.#options = options;
    this.#undo = undo;
    this.log = log;
    this.bus = memoryBus(log, { clock, telemetry });
    undo.add('the bus', () => this.bus.close());
    this.#blindSinceMs = lastMs(log);
    this.#cache = salt.keepsJobs ? new JobCache(salt) : undefined;
    this.#intake = this.#newIntake();
    undo.add('writing events', () => this.#intake.close());
    const firing = fireSaltEvents({ path: salt.sockets.pull, clock });
    undo.add('firing events', () => firing.close());
    this.book = new CallBook();
    this.sender = new Sender({
      firing,
      clock,
      ids,
      pubFraming: () => this.#reader?.framing,
      found: (framing) => {
        if (framing === undefined && this.#connected)
          telemetry.emit({
            kind: 'unexpected',
            where: 'firing events on the Salt bus',
            message: 'a probe came back in neither framing; events cannot be fired now',
          });
      },
    });
    const returns = new LimitedMap<true>(returnsKept);
    for (const key of returnsIn(log, clock.nowMs() - returnsReadMs)) returns.set(key, true);
    this.#sorter = new Sorter({ clock, book: this.book, sender: this.sender, returns, peerEvents });
  }

  start(): void {
    const { clock, salt, eventBytesMax } = this.#options;
    this.#reader = readSaltEvents({
      path: salt.sockets.pub,
      clock,
      // The tag and the envelope come on top of the data.
      frameBytesMax: eventBytesMax + 16_384,
      connected: () => this.#onConnected(),
      events: (events) => this.#take(events),
      refused: (reason, kind) => this.#refused(reason, kind),
      lost: (reason) => this.#onLost(reason),
    });
    this.#undo.add('reading the bus', async () => {
      this.#reader?.close();
      this.#cancelRecovery();
      await this.#recovering;
    });
  }

  stampForm(): StampForm {
    return this.#sorter.stampForm;
  }

  stop(): Promise<void> {
    return this.#undo.run(this.#options.clock, stopMs);
  }

  status(): ValueMap {
    return mapOf({
      connected: this.#connected,
      blind_since: this.#blindSinceMs === undefined ? null : new Date(this.#blindSinceMs).toISOString(),
      reads: this.#reader?.framing ?? null,
      fires: this.sender.framing ?? null,
      waiting: this.#intake.waiting,
      ...this.#counts,
      ...this.#sorter.counts,
    });
  }

  #newIntake(): Intake {
    const { clock, telemetry, queueEventsMax } = this.#options;
    return new Intake({
      log: this.log,
      clock,
      eventsMax: queueEventsMax,
      bytesMax: queueBytesMax,
      lostEvent: (lost, fromMs, toMs) => this.#gap('overload', fromMs, toMs, lost),
      stored: (count) => telemetry.emit({ kind: 'bus.published', count }),
      failed: (error) => telemetry.emit({ kind: 'journal.error', message: messageOf(error) }),
    });
  }

  #take(events: readonly SaltEvent[]): void {
    for (const event of events) {
      const incoming = this.#sorter.sort(event);
      if (incoming !== undefined) this.#intake.add(incoming);
    }
  }

  #onConnected(): void {
    const { clock, telemetry, salt } = this.#options;
    telemetry.emit({ kind: 'master.connected', master: salt.sockets.pub });
    this.#connected = true;
    const sinceMs = this.#blindSinceMs;
    this.#blindSinceMs = undefined;
    this.sender.connected(this.#options.probes);
    if (sinceMs === undefined) return;
    this.#intake.add(this.#gap(this.#lostReason, sinceMs, clock.nowMs()));
    // A gap that follows before the last one was looked into makes one with it.
    this.#recoverSinceMs ??= sinceMs;
    const fromMs = this.#recoverSinceMs;
    this.#cancelRecovery();
    this.#cancelRecovery = clock.after(settleMs, () => {
      this.#recoverSinceMs = undefined;
      this.#recovering = this.#recover(fromMs);
    });
  }

  #onLost(reason: string): void {
    const { clock, telemetry, salt } = this.#options;
    telemetry.emit({ kind: 'master.lost', master: salt.sockets.pub, reason });
    if (!this.#connected) return;
    this.#connected = false;
    this.#lostReason = reason;
    this.#blindSinceMs = clock.nowMs();
  }

  #refused(reason: string, kind: 'bad' | 'too-large'): void {
    const { telemetry, clock } = this.#options;
    this.#counts.refused += 1;
    const code = kind === 'bad' ? 'BAD_EVENT' : 'EVENT_TOO_LARGE';
    telemetry.emit({ kind: 'bus.refused', count: 1, code });
    if (kind === 'bad') return;
    const nowMs = clock.nowMs();
    this.#intake.add(this.#gap(`an event is too large: ${reason}`, nowMs, nowMs, 1));
  }

  /** The event that says so, counted and told. */
  #gap(reason: string, fromMs: number, toMs: number, lost?: number): Incoming {
    this.#counts.gaps += 1;
    this.#options.telemetry.emit({ kind: 'bus.gap', source: 'salt-ipc', reason });
    return { tag: gapTag, data: packData(gapEvent(reason, fromMs, toMs, lost)), head: null };
  }

  async #recover(sinceMs: number): Promise<void> {
    const { clock, telemetry } = this.#options;
    if (this.#cache === undefined) return;
    try {
      const options = { cache: this.#cache, log: this.log, clock, returnsMax: recoveredMax };
      const { returns, more } = await missedReturns(sinceMs, this.#sorter.stampForm, options);
      let count = 0;
      for (const { key, tag, data } of returns) {
        const incoming = this.#sorter.recovered(key, tag, data);
        if (incoming === undefined) continue;
        this.#intake.add(incoming);
        count += 1;
      }
      this.#counts.recovered += count;
      this.#intake.add(recoveredEvent(sinceMs, clock.nowMs(), count, more));
    } catch (error) {
      const message = `the job cache cannot be read: ${messageOf(error)}`;
      telemetry.emit({ kind: 'unexpected', where: 'recovering missed returns', message });
    }
  }
}

/** When the newest event of the log came; undefined when it has none. */
function lastMs(log: EventLog): number | undefined {
  return log.read(Math.max(1, log.nextSeq() - 1), 1)[0]?.atMs;
}
