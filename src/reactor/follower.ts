import type { BusMessage, EventBus, Subscription } from '../bus/index.ts';
import type { LookupSettings } from '../config/index.ts';
import {
  type Answers,
  type Clock,
  type Decision,
  type Event,
  type Ids,
  jidLane,
  type Lookup,
  type Lookups,
  messageOf,
  type ReactorStore,
  spanIdFor,
  type Telemetry,
  tellSpan,
  traceIdOf,
} from '../core/index.ts';
import type { Dispatcher } from '../dispatch/index.ts';
import { decide } from '../engine/index.ts';
import { decodeFlowState, emptyFlowState, encodeFlowState, type FlowState } from '../flow/index.ts';
import type { RuleSet } from '../rules/index.ts';
import type { DecidingTimes } from './decide-in-time.ts';
import { type Conclusions, type Deciding, decideBatch, decideEvent } from './decider.ts';
import { Resolver } from './lookups/resolver.ts';
import { Unfinished } from './lookups/unfinished.ts';
import { WaitingRoom } from './lookups/waiting-room.ts';
import type { Progress } from './progress.ts';
import { StopGate } from './stop-gate.ts';
import { TimeShares } from './time-shares.ts';
import { TurnJournal } from './turn-journal.ts';

export interface FollowerOptions {
  readonly bus: EventBus;
  readonly store: ReactorStore;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly progress: Progress;
  /** Who answers what templates ask, and within which limits. */
  readonly lookups: Lookups;
  readonly lookupSettings: LookupSettings;
  /** The share of the events without a trace that begin one; 0 while nobody collects traces. */
  readonly traceShare: number;
  /** The rules in force, asked for before each batch. */
  ruleSet(): RuleSet;
}

const retryMs = 1000;
const flowKey = 'flow';
const begunKey = 'begun';
/** The last job id that was given: none is given again, whatever happens to the clock. */
const jidKey = 'jid';

/** Follows one bus: read → decide → commit → dispatch. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #journal: TurnJournal;
  readonly #ids: Ids;
  readonly #resolver: Resolver;
  readonly #waiting: WaitingRoom;
  readonly #unfinished: Unfinished;
  readonly #times: DecidingTimes;
  #flow: FlowState;
  /** What the last turn was about. */
  #source = '';
  #nextSeq = 0;
  #subscription: Subscription | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  readonly #gate = new StopGate();

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { store, clock, dispatcher } = options;
    const saved = store.state(flowKey);
    this.#flow = (saved === undefined ? undefined : decodeFlowState(saved)) ?? emptyFlowState;
    this.#ids = reactionIds(options.ids, store.state(jidKey));
    const { lookups, lookupSettings: settings, telemetry } = options;
    this.#resolver = new Resolver({ lookups, settings, clock, telemetry });
    this.#unfinished = new Unfinished(store);
    this.#times = {
      shares: new TimeShares({ clock, telemetry }),
      nowMs: () => clock.monotonicMs(),
      cpuMs: processorMs,
    };
    this.#waiting = new WaitingRoom({
      settings,
      clock,
      resolver: this.#resolver,
      needs: (event, answers) => this.#needs(event, answers),
      conclude: (event, answers, leave) => this.#conclude(event, answers, leave),
    });
    this.#journal = new TurnJournal({
      store,
      clock,
      committed: ({ decisions, outbox, nextSeq }) => {
        // First what somebody waits for.
        dispatcher.offer(outbox);
        for (const decision of decisions) this.#tell(decision);
        options.progress.committed(nextSeq, decisions.length, outbox.length);
      },
    });
  }

  /** Events that wait for what their templates ask. */
  get waiting(): number {
    return this.#waiting.size;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#gate.close();
    this.#subscription?.close();
    this.#waiting.close();
    this.#resolver.stop();
    await this.#running;
    await this.#journal.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow();
      } catch (error) {
        this.#options.progress.lost(messageOf(error));
        await this.#pause();
      }
    }
  }

  /** One subscription, from the cursor on, until it ends. */
  async #follow(): Promise<void> {
    const { bus, dispatcher, progress } = this.#options;
    await this.#orStopped(dispatcher.whenRoom());
    const info = await this.#orStopped(bus.info());
    if (info === undefined) return;
    const { logId, nextSeq } = info;
    const from = await this.#startingPoint(logId, nextSeq);
    if (this.#stopped) return;
    const subscription = bus.subscribe({ from, prefixes: [], name: 'reactor' });
    this.#subscription = subscription;
    const ready = await subscription.ready;
    // A log that was replaced between the two questions has other numbers: ask again.
    if (ready.logId !== logId) return subscription.close();
    progress.connected(logId, from, ready.nextSeq);
    let source = logId;
    for await (const message of subscription) {
      await this.#orStopped(dispatcher.whenRoom());
      if (this.#stopped) return;
      if (message.kind === 'gap') source = await this.#gap(message, source);
      else await this.#turn(message, source);
    }
  }

  /**
   * The cursor; for a log that this reactor has not read, its first event when it has read another one
   * before, and the next event when this is the first start ever: what happened before is not its business.
   */
  async #startingPoint(logId: string, nextSeq: number): Promise<number> {
    const { store, progress } = this.#options;
    const position = progress.position(logId);
    if (position !== undefined) return position;
    const cursor = store.cursor(logId);
    if (cursor !== undefined) return this.#unfinished.startAt(logId, cursor);
    const from = store.state(begunKey) === undefined ? nextSeq : 1;
    const state = new Map([[begunKey, new Uint8Array([1])]]);
    await store.commit({ cursor: { source: logId, nextSeq: from }, state });
    return from;
  }

  async #turn(message: Extract<BusMessage, { kind: 'events' }>, source: string): Promise<void> {
    const { dispatcher, progress } = this.#options;
    const { batch, seqs } = message;
    dispatcher.saw(batch.tags);
    for (let from: number | null = 0; from !== null; ) {
      await this.#orStopped(this.#waiting.whenRoom());
      if (this.#stopped) return;
      const concluded = decideBatch(batch, seqs, this.#flow, this.#deciding(source), from);
      const { stoppedAt } = concluded;
      const nextSeq =
        stoppedAt === null ? message.nextSeq : (seqs?.[stoppedAt] ?? batch.firstSeq + stoppedAt);
      progress.read(source, nextSeq, (stoppedAt ?? batch.tags.length) - from);
      await this.#orStopped(this.#keep(source, this.#unfinished.read(source, nextSeq), concluded));
      from = stoppedAt;
    }
  }

  #deciding(source: string): Deciding {
    const { clock, dispatcher, telemetry } = this.#options;
    return {
      logId: source,
      ruleSet: this.#options.ruleSet(),
      nowMs: clock.nowMs(),
      ids: this.#ids,
      waiting: this.#waiting,
      isDecided: (seq) => this.#unfinished.isDecided(seq),
      refusal: (rule, count) => dispatcher.refusal(rule, count),
      times: this.#times,
      onFault: (event, error) =>
        telemetry.emit({ kind: 'unexpected', where: `engine, event ${event}`, message: messageOf(error) }),
      onLoop: ({ id, head }, rule) =>
        telemetry.emit({ kind: 'loop.stopped', event: id, rule, depth: head.depth ?? 0 }),
      traceShare: this.#options.traceShare,
      onTraced: ({ id, tag, atMs }, from) =>
        tellSpan(telemetry, from, {
          id: spanIdFor('event', id),
          name: `event ${tag}`,
          type: 'consumer',
          startMs: atMs,
          endMs: Math.max(atMs, clock.nowMs()),
          fields: { 'brine.event': id, 'brine.tag': tag },
        }),
    };
  }

  /** Gives a turn to the journal, at once; resolves when the reactor may go on. */
  #keep(source: string, nextSeq: number, { decisions, outbox, state }: Conclusions): Promise<void> {
    const changed = new Map(this.#unfinished.changed(this.#waiting.events()));
    if (state !== this.#flow) changed.set(flowKey, encodeFlowState(state));
    const lastJid = outbox.at(-1)?.reaction.jid;
    if (lastJid !== undefined) changed.set(jidKey, new TextEncoder().encode(lastJid));
    this.#flow = state;
    this.#source = source;
    this.#nextSeq = nextSeq;
    return this.#journal.add({ source, nextSeq, decisions, outbox, state: changed });
  }

  #needs(event: Event, answers: Answers): readonly Lookup[] {
    return decide(this.#options.ruleSet(), this.#flow, event, this.#options.clock.nowMs(), answers).needs;
  }

  /** Decides an event that waited; the decision, with its answers, and its leaving are one commit. */
  #conclude(event: Event, answers: Answers, leave: () => void): boolean {
    const conclusions: Conclusions = { decisions: [], outbox: [], state: this.#flow };
    if (!decideEvent(event, conclusions, this.#deciding(this.#source), answers)) return false;
    leave();
    void this.#keep(this.#source, this.#nextSeq, conclusions);
    return true;
  }

  /** Events that were trimmed before they were read; or the bus has a new log, which then is the source. */
  async #gap(gap: Extract<BusMessage, { kind: 'gap' }>, source: string): Promise<string> {
    const { bus, progress, telemetry } = this.#options;
    telemetry.emit({ kind: 'bus.gap', source, reason: gap.reason });
    const logId = (await this.#orStopped(bus.info()))?.logId;
    if (logId === undefined) return source;
    progress.read(logId, gap.toSeq + 1, 0);
    const nextSeq = this.#unfinished.read(logId, gap.toSeq + 1);
    const state = new Map([['gaps', progress.gap(gap)], ...this.#unfinished.changed(this.#waiting.events())]);
    this.#source = logId;
    this.#nextSeq = nextSeq;
    await this.#orStopped(this.#journal.add({ source: logId, nextSeq, decisions: [], outbox: [], state }));
    return logId;
  }

  #tell({ event, tag, rule, verdict, reason, atMs, eventAtMs, trace }: Decision): void {
    const { clock, telemetry } = this.#options;
    const nowMs = clock.nowMs();
    const afterMs = Math.max(0, nowMs - (eventAtMs ?? nowMs));
    const told = { kind: 'event.decided' as const, event, tag, rule, verdict, reason, afterMs };
    if (trace === undefined) return telemetry.emit(told);
    telemetry.emit({ ...told, traceId: traceIdOf(trace) });
    tellSpan(telemetry, trace, {
      id: spanIdFor('decision', event, rule),
      name: `decide ${rule}`,
      type: 'internal',
      startMs: atMs,
      endMs: Math.max(atMs, nowMs),
      ...(verdict === 'problem' || verdict === 'overloaded' ? { failed: reason } : {}),
      fields: { 'brine.event': event, 'brine.rule': rule, 'brine.verdict': verdict },
    });
  }

  #orStopped<T>(work: Promise<T>): Promise<T | undefined> {
    return this.#gate.orStopped(work);
  }

  async #pause(): Promise<void> {
    let cancel: () => void = () => undefined;
    const pause = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(retryMs, resolve);
    });
    await this.#orStopped(pause);
    cancel();
  }
}

/** The master makes ids of its own in the other lane. */
function reactionIds(ids: Ids, last: Uint8Array | undefined): Ids {
  const after = last === undefined ? '' : new TextDecoder().decode(last);
  return {
    jid: jidLane(() => ids.jid(), 1, after),
    random: (bytes) => ids.random(bytes),
    fraction: () => ids.fraction(),
  };
}

/** Time of the processor that this process has had, in milliseconds. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
