import { join } from 'node:path';
import { type EventBus, memoryBus, packData, type SaltEvent } from '../../bus/index.ts';
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
import { CallBook } from './book.ts';
import { type GapSource, gapEvent, gapTag, recoveredEvent } from './gap.ts';
import { type Incoming, Intake } from './intake.ts';
import { LimitedMap } from './limited-map.ts';
import { returnsIn } from './log-search.ts';
import type { Recovered } from './recovery.ts';
import { Sorter, type SorterOptions } from './sorter.ts';
import type { StampForm } from './stamps.ts';

export interface FollowerOptions {
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
}

/** What is particular to one way of reading the master's events. */
export interface Following {
  readonly name: GapSource;
  /** What is connected to, in logs. */
  readonly place: string;
  readonly saw: SorterOptions['saw'];
  /** What was missed since then and can be had from elsewhere; undefined when nothing can. */
  readonly recover: ((sinceMs: number, form: StampForm, log: EventLog) => Promise<Recovered>) | undefined;
}

export const stopMs = 5000;
/** The time that the bus needs to deliver what was on its way when the connection was made. */
const settleMs = 2000;
/** Attempts to recover missed returns, each after twice the time of the one before. */
const recoveriesMax = 6;
const queueBytesMax = 64 << 20;
const returnsKept = 50_000;
/** Minions give up long before this to send a return again. */
const returnsReadMs = 900_000;

/** The log of a source, locked for this process. */
export interface OpenLog {
  readonly log: EventLog;
  readonly undo: UndoList;
}

/** Throws DATA_DIR_IN_USE and JOURNAL_DAMAGED. */
export async function openLog(options: FollowerOptions): Promise<OpenLog> {
  const undo = new UndoList();
  try {
    const lock = await lockFolder(options.folder, 'reactor beside a Salt master');
    undo.add('the lock', () => lock.release());
    const log = await openEventLog(join(options.folder, 'events'), options);
    undo.add('the log', () => log.close());
    return { log, undo };
  } catch (error) {
    await undo.run(options.clock, stopMs).catch(() => undefined);
    throw error;
  }
}

/**
 * Writes what is read of a Salt master's bus into a log of our own, with every gap where it is, and brings back
 * what was missed in it. How the bus is read is not its business.
 */
export class Follower {
  readonly bus: EventBus;
  readonly log: EventLog;
  readonly book: CallBook;
  readonly #options: FollowerOptions;
  readonly #following: Following;
  readonly #intake: Intake;
  readonly #sorter: Sorter;
  /** Since when nothing is read; undefined while the bus is read, and before the first start ever. */
  #blindSinceMs: number | undefined;
  #recoverSinceMs: number | undefined;
  #lostReason = 'Brine was not running';
  #connected = false;
  #counts = { gaps: 0, recovered: 0, refused: 0 };
  #cancelRecovery: () => void = () => undefined;
  #recovering: Promise<void> | undefined;

  constructor(options: FollowerOptions, following: Following, { log, undo }: OpenLog) {
    const { clock, telemetry, peerEvents } = options;
    this.#options = options;
    this.#following = following;
    this.log = log;
    this.bus = memoryBus(log, { clock, telemetry });
    undo.add('the bus', () => this.bus.close());
    this.#blindSinceMs = lastMs(log);
    this.#intake = this.#newIntake();
    undo.add('writing events', () => this.#intake.close());
    this.book = new CallBook();
    const returns = new LimitedMap<true>(returnsKept);
    for (const key of returnsIn(log, clock.nowMs() - returnsReadMs)) returns.set(key, true);
    this.#sorter = new Sorter({ clock, book: this.book, saw: following.saw, returns, peerEvents });
    undo.add('recovering returns', async () => {
      this.#cancelRecovery();
      await this.#recovering;
      // One that failed meanwhile has set its next time.
      this.#cancelRecovery();
    });
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Whether everything that can be known of the time until now is in the log. */
  get settled(): boolean {
    return this.#connected && this.#recoverSinceMs === undefined && this.#recovering === undefined;
  }

  stampForm(): StampForm {
    return this.#sorter.stampForm;
  }

  status(): ValueMap {
    return mapOf({
      connected: this.#connected,
      blind_since: this.#blindSinceMs === undefined ? null : new Date(this.#blindSinceMs).toISOString(),
      waiting: this.#intake.waiting,
      ...this.#counts,
      ...this.#sorter.counts,
    });
  }

  take(events: readonly SaltEvent[]): void {
    for (const event of events) {
      const incoming = this.#sorter.sort(event);
      if (incoming !== undefined) this.#intake.add(incoming);
    }
  }

  onConnected(): void {
    const { clock, telemetry } = this.#options;
    telemetry.emit({ kind: 'master.connected', master: this.#following.place });
    this.#connected = true;
    const sinceMs = this.#blindSinceMs;
    this.#blindSinceMs = undefined;
    if (sinceMs === undefined) return;
    this.#intake.add(this.#gap(this.#lostReason, sinceMs, clock.nowMs()));
    // A gap that follows before the last one was looked into makes one with it.
    this.#recoverLater(sinceMs, 0);
  }

  #recoverLater(sinceMs: number, failures: number): void {
    this.#recoverSinceMs = Math.min(sinceMs, this.#recoverSinceMs ?? sinceMs);
    const fromMs = this.#recoverSinceMs;
    this.#cancelRecovery();
    this.#cancelRecovery = this.#options.clock.after(settleMs * 2 ** failures, () => {
      this.#recoverSinceMs = undefined;
      const recovering = this.#recover(fromMs, failures).finally(() => {
        if (this.#recovering === recovering) this.#recovering = undefined;
      });
      this.#recovering = recovering;
    });
  }

  onLost(reason: string): void {
    const { clock, telemetry } = this.#options;
    telemetry.emit({ kind: 'master.lost', master: this.#following.place, reason });
    if (!this.#connected) return;
    this.#connected = false;
    this.#lostReason = reason;
    this.#blindSinceMs = clock.nowMs();
  }

  onRefused(reason: string, kind: 'bad' | 'too-large'): void {
    const { telemetry, clock } = this.#options;
    this.#counts.refused += 1;
    const code = kind === 'bad' ? 'BAD_EVENT' : 'EVENT_TOO_LARGE';
    telemetry.emit({ kind: 'bus.refused', count: 1, code });
    if (kind === 'bad') return;
    const nowMs = clock.nowMs();
    this.#intake.add(this.#gap(`an event is too large: ${reason}`, nowMs, nowMs, 1));
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

  /** The event that says so, counted and told. */
  #gap(reason: string, fromMs: number, toMs: number, lost?: number): Incoming {
    const { name } = this.#following;
    this.#counts.gaps += 1;
    this.#options.telemetry.emit({ kind: 'bus.gap', source: name, reason });
    return { tag: gapTag, data: packData(gapEvent(name, reason, fromMs, toMs, lost)), head: null };
  }

  /** A master that has just started may refuse a while what it is asked for. */
  async #recover(sinceMs: number, failures: number): Promise<void> {
    const { clock, telemetry } = this.#options;
    const { recover, name } = this.#following;
    if (recover === undefined) return;
    try {
      const { returns, more } = await recover(sinceMs, this.#sorter.stampForm, this.log);
      let count = 0;
      for (const { key, tag, data } of returns) {
        const incoming = this.#sorter.recovered(key, tag, data);
        if (incoming === undefined) continue;
        this.#intake.add(incoming);
        count += 1;
      }
      this.#counts.recovered += count;
      this.#intake.add(recoveredEvent(name, sinceMs, clock.nowMs(), count, more));
    } catch (error) {
      const message = `the job cache cannot be read: ${messageOf(error)}`;
      telemetry.emit({ kind: 'unexpected', where: 'recovering missed returns', message });
      if (failures + 1 < recoveriesMax) this.#recoverLater(sinceMs, failures + 1);
      else this.#intake.add(recoveredEvent(name, sinceMs, clock.nowMs(), 0, true));
    }
  }
}

/** When the newest event of the log came; undefined when it has none. */
function lastMs(log: EventLog): number | undefined {
  return log.read(Math.max(1, log.nextSeq() - 1), 1)[0]?.atMs;
}
