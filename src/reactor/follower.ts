import type { BusMessage, EventBus, Subscription } from '../bus/index.ts';
import {
  type Clock,
  type Decision,
  type Ids,
  jidLane,
  messageOf,
  type ReactorStore,
  type Telemetry,
} from '../core/index.ts';
import type { Dispatcher } from '../dispatch/index.ts';
import { decodeFlowState, emptyFlowState, encodeFlowState, type FlowState } from '../flow/index.ts';
import type { RuleSet } from '../rules/index.ts';
import { decideBatch } from './decider.ts';
import type { Progress } from './progress.ts';
import { TurnJournal } from './turn-journal.ts';

export interface FollowerOptions {
  readonly bus: EventBus;
  readonly store: ReactorStore;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly progress: Progress;
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
  #flow: FlowState;
  #subscription: Subscription | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #signalStop: () => void = () => undefined;
  /** Resolves when the follower stops, so that nothing that may take long is waited for then. */
  readonly #stopping = new Promise<undefined>((resolve) => {
    this.#signalStop = () => resolve(undefined);
  });

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { store, clock, dispatcher } = options;
    const saved = store.state(flowKey);
    this.#flow = (saved === undefined ? undefined : decodeFlowState(saved)) ?? emptyFlowState;
    this.#ids = reactionIds(options.ids, store.state(jidKey));
    this.#journal = new TurnJournal({
      store,
      clock,
      committed: ({ decisions, outbox, nextSeq }) => {
        for (const decision of decisions) this.#tell(decision);
        options.progress.committed(nextSeq, decisions.length, outbox.length);
        dispatcher.offer(outbox);
      },
    });
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signalStop();
    this.#subscription?.close();
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
    const cursor = progress.position(logId) ?? store.cursor(logId);
    if (cursor !== undefined) return cursor;
    const from = store.state(begunKey) === undefined ? nextSeq : 1;
    const state = new Map([[begunKey, new Uint8Array([1])]]);
    await store.commit({ cursor: { source: logId, nextSeq: from }, state });
    return from;
  }

  async #turn(message: Extract<BusMessage, { kind: 'events' }>, source: string): Promise<void> {
    const { clock, dispatcher, progress, telemetry } = this.#options;
    dispatcher.saw(message.batch.tags);
    const { decisions, outbox, state } = decideBatch(message.batch, message.seqs, this.#flow, {
      logId: source,
      ruleSet: this.#options.ruleSet(),
      nowMs: clock.nowMs(),
      ids: this.#ids,
      refusal: (rule, count) => dispatcher.refusal(rule, count),
      onFault: (event, error) =>
        telemetry.emit({ kind: 'unexpected', where: `engine, event ${event}`, message: messageOf(error) }),
      onLoop: ({ id, head }, rule) =>
        telemetry.emit({ kind: 'loop.stopped', event: id, rule, depth: head.depth ?? 0 }),
    });
    const changed = new Map<string, Uint8Array>();
    if (state !== this.#flow) changed.set(flowKey, encodeFlowState(state));
    const lastJid = outbox.at(-1)?.reaction.jid;
    if (lastJid !== undefined) changed.set(jidKey, new TextEncoder().encode(lastJid));
    this.#flow = state;
    progress.read(source, message.nextSeq, message.batch.tags.length);
    const { nextSeq } = message;
    await this.#orStopped(this.#journal.add({ source, nextSeq, decisions, outbox, state: changed }));
  }

  /** Events that were trimmed before they were read; or the bus has a new log, which then is the source. */
  async #gap(gap: Extract<BusMessage, { kind: 'gap' }>, source: string): Promise<string> {
    const { bus, progress, telemetry } = this.#options;
    telemetry.emit({ kind: 'bus.gap', source, reason: gap.reason });
    const logId = (await this.#orStopped(bus.info()))?.logId;
    if (logId === undefined) return source;
    const state = new Map([['gaps', progress.gap(gap)]]);
    progress.read(logId, gap.toSeq + 1, 0);
    const nextSeq = gap.toSeq + 1;
    await this.#orStopped(this.#journal.add({ source: logId, nextSeq, decisions: [], outbox: [], state }));
    return logId;
  }

  #tell({ event, tag, rule, verdict, reason }: Decision): void {
    this.#options.telemetry.emit({ kind: 'event.decided', event, tag, rule, verdict, reason });
  }

  #orStopped<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.#stopping]);
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
