import { connectSaltRequests } from '../../bus/index.ts';
import {
  type Action,
  BrineError,
  type Clock,
  type ControlPlane,
  type Ids,
  mapOf,
  type Outcome,
  type Reaction,
} from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { JobCache } from '../source/job-cache.ts';
import type { SaltSource } from '../source/source.ts';
import { type SaltAsking, saltAsking } from './asking.ts';
import { callMinion } from './caller.ts';
import { type CallAction, type CallDeps, callRunner, callWheel } from './calls.ts';
import { Coalescer } from './coalesce.ts';
import { Doubts } from './doubts.ts';
import { type EventAction, eventOf, fireEvent } from './event.ts';
import { type LocalAction, publish, publishLoad } from './local.ts';
import { done, failed, isDoubtful, outcomeOf } from './outcomes.ts';

export interface SaltPlaneOptions {
  readonly salt: SaltMaster;
  readonly source: SaltSource;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long jobs wait for others that could be published together, in milliseconds; 0 publishes each alone. */
  readonly coalesceMs: number;
  /** `salt-call` with its options, for `caller` reactions. */
  readonly saltCall: readonly string[];
}

/** A Salt master as control plane. */
export interface SaltPlane extends ControlPlane {
  readonly asking: SaltAsking;
  close(): void;
}

/** How one kind of connection does what reactions ask for. */
export interface PlaneParts extends CallDeps {
  readonly clock: Clock;
  readonly coalesceMs: number;
  readonly fire: (reaction: Reaction, event: EventAction) => Promise<Outcome>;
  readonly call: (reaction: Reaction, action: CallAction) => Promise<Outcome>;
  /** Why this reaction cannot be done here at all. */
  readonly unsupported: (action: Action) => string | undefined;
  /** Throws while attempts that may have been made cannot be looked for. */
  readonly beforeRepeat: () => void;
  /** Whether there is a request server that can be asked. */
  readonly asks: boolean;
  readonly close: () => void;
}

const pingMs = 5000;

/** Executes reactions through a Salt master's request server, its event bus and the minion of this host. */
export function saltPlane(options: SaltPlaneOptions): SaltPlane {
  const { salt, source, clock, ids, coalesceMs, saltCall } = options;
  const requests = connectSaltRequests({ endpoint: salt.endpoint, inFlightMax: salt.reactorThreads, clock });
  const asking = saltAsking(salt, requests);
  const { book, log } = source;
  const cache = salt.keepsJobs ? new JobCache(salt) : undefined;
  const doubts = new Doubts({ book, log, cache, firstJid: ids.jid() });
  return planeOf({
    salt,
    asking,
    book,
    doubts,
    clock,
    coalesceMs,
    fire: async (reaction, event) => {
      const outcome = await fireEvent(reaction, event, { source, doubts });
      // In the place of a runner it says what the runner would have returned.
      const asRunner = outcome.ok && reaction.action.kind === 'runner';
      return asRunner ? { ...outcome, detail: mapOf({ return: true }) } : outcome;
    },
    call: ({ jid }, action) => callMinion(jid, action, saltCall),
    unsupported: ({ kind }) =>
      salt.role === 'minion' && kind !== 'caller'
        ? `A Salt minion cannot run ${kind} reactions; a master can.`
        : undefined,
    beforeRepeat: () => undefined,
    asks: salt.role === 'master',
    close: () => requests.close(),
  });
}

export function planeOf(parts: PlaneParts): SaltPlane {
  return new MasterPlane(parts);
}

class MasterPlane implements SaltPlane {
  readonly asking: SaltAsking;
  readonly close: () => void;
  readonly #parts: PlaneParts;
  readonly #coalescer: Coalescer | undefined;

  constructor(parts: PlaneParts) {
    this.#parts = parts;
    this.asking = parts.asking;
    this.close = parts.close;
    const { coalesceMs, clock, doubts } = parts;
    if (coalesceMs > 0)
      this.#coalescer = new Coalescer({
        clock,
        windowMs: coalesceMs,
        publish: (reaction, action) => this.#attempted(reaction, () => this.#publish(reaction, action)),
        wasTaken: (jid) => doubts.wasTaken(jid, 'job'),
      });
  }

  /** Throws BUS_CLOSED (or TIMEOUT, without reactions) when the master cannot be asked: that is no fault of theirs. */
  async submit(reactions: readonly Reaction[]): Promise<Outcome[]> {
    if (reactions.length === 0 && this.#parts.asks) await this.asking.ping(pingMs);
    const outcomes = await Promise.all(reactions.map((reaction) => this.#one(reaction)));
    const [first] = outcomes;
    if (first !== undefined && outcomes.every((outcome) => !outcome.ok && outcome.reason === 'unreachable'))
      throw new BrineError('BUS_CLOSED', first.ok ? '' : first.message);
    return outcomes;
  }

  #one(reaction: Reaction): Promise<Outcome> {
    const { action } = reaction;
    if (action.kind === 'local') {
      const joined = this.#coalescer?.submit(reaction, action);
      if (joined !== undefined) return joined;
    }
    return this.#attempted(reaction, () => this.#attempt(reaction));
  }

  /** One attempt; when it may have been made without an answer, that is remembered. */
  async #attempted(reaction: Reaction, attempt: () => Promise<Outcome>): Promise<Outcome> {
    const startedMs = this.#parts.clock.nowMs();
    let outcome: Outcome;
    try {
      outcome = await attempt();
    } catch (error) {
      outcome = outcomeOf(error);
    }
    if (isDoubtful(outcome)) this.#parts.doubts.add(reaction.jid, startedMs);
    return outcome;
  }

  async #attempt(reaction: Reaction): Promise<Outcome> {
    const { fire, call, unsupported, doubts, beforeRepeat } = this.#parts;
    const { action, jid } = reaction;
    if (doubts.sinceMs(jid) !== undefined) beforeRepeat();
    const event = eventOf(action);
    if (event !== undefined) return fire(reaction, event);
    const fault = unsupported(action);
    if (fault !== undefined) return failed('unsupported', fault);
    switch (action.kind) {
      case 'local':
        return this.#publish(reaction, action);
      case 'runner':
        return callRunner(reaction, action, this.#parts);
      case 'wheel':
        return callWheel(reaction, action, this.#parts);
      case 'caller':
        return call(reaction, action);
      case 'event':
        return fire(reaction, action);
    }
  }

  async #publish(reaction: Reaction, action: LocalAction): Promise<Outcome> {
    const { salt, asking, book, doubts } = this.#parts;
    book.expect(reaction.jid, reaction);
    if (await doubts.wasTaken(reaction.jid, 'job')) return done(reaction.jid, null, true);
    return publish(publishLoad(reaction, action, salt), asking);
  }
}
