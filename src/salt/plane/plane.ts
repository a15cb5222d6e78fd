import { connectSaltRequests } from '../../bus/index.ts';
import {
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
import { type CallDeps, callRunner, callWheel } from './calls.ts';
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

/** Executes reactions through a Salt master's request server, its event bus and the minion of this host. */
export function saltPlane(options: SaltPlaneOptions): SaltPlane {
  const { salt, source, clock, ids } = options;
  const requests = connectSaltRequests({ endpoint: salt.endpoint, inFlightMax: salt.reactorThreads, clock });
  const asking = saltAsking(salt, requests);
  const { book, log } = source;
  const cache = salt.keepsJobs ? new JobCache(salt) : undefined;
  const doubts = new Doubts({ book, log, cache, firstJid: ids.jid() });
  return new MasterPlane(options, { salt, asking, book, doubts }, () => requests.close());
}

const pingMs = 5000;

class MasterPlane implements SaltPlane {
  readonly asking: SaltAsking;
  readonly close: () => void;
  readonly #options: SaltPlaneOptions;
  readonly #deps: CallDeps;
  readonly #coalescer: Coalescer | undefined;

  constructor(options: SaltPlaneOptions, deps: CallDeps, close: () => void) {
    this.#options = options;
    this.#deps = deps;
    this.asking = deps.asking;
    this.close = close;
    if (options.coalesceMs > 0)
      this.#coalescer = new Coalescer({
        clock: options.clock,
        windowMs: options.coalesceMs,
        publish: (reaction, action) => this.#attempted(reaction, () => this.#publish(reaction, action)),
        wasTaken: (jid) => deps.doubts.wasTaken(jid, 'job'),
      });
  }

  /** Throws BUS_CLOSED (or TIMEOUT, without reactions) when the master cannot be asked: that is no fault of theirs. */
  async submit(reactions: readonly Reaction[]): Promise<Outcome[]> {
    if (reactions.length === 0 && this.#deps.salt.role === 'master') await this.asking.ping(pingMs);
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
    const startedMs = this.#options.clock.nowMs();
    let outcome: Outcome;
    try {
      outcome = await attempt();
    } catch (error) {
      outcome = outcomeOf(error);
    }
    if (isDoubtful(outcome)) this.#deps.doubts.add(reaction.jid, startedMs);
    return outcome;
  }

  async #attempt(reaction: Reaction): Promise<Outcome> {
    const { action, jid } = reaction;
    const event = eventOf(action);
    if (event !== undefined) return this.#fire(reaction, event, action.kind);
    if (this.#deps.salt.role === 'minion' && action.kind !== 'caller')
      return failed('unsupported', `A Salt minion cannot run ${action.kind} reactions; a master can.`);
    switch (action.kind) {
      case 'local':
        return this.#publish(reaction, action);
      case 'runner':
        return callRunner(reaction, action, this.#deps);
      case 'wheel':
        return callWheel(reaction, action, this.#deps);
      case 'caller':
        return callMinion(jid, action, this.#options.saltCall);
      case 'event':
        return this.#fire(reaction, action, action.kind);
    }
  }

  async #fire(reaction: Reaction, event: EventAction, kind: Reaction['action']['kind']): Promise<Outcome> {
    const deps = { source: this.#options.source, doubts: this.#deps.doubts };
    const outcome = await fireEvent(reaction, event, deps);
    // In the place of a runner it says what the runner would have returned.
    return outcome.ok && kind === 'runner' ? { ...outcome, detail: mapOf({ return: true }) } : outcome;
  }

  async #publish(reaction: Reaction, action: LocalAction): Promise<Outcome> {
    const { salt, asking, book, doubts } = this.#deps;
    book.expect(reaction.jid, reaction);
    if (await doubts.wasTaken(reaction.jid, 'job')) return done(reaction.jid, null, true);
    return publish(publishLoad(reaction, action, salt), asking);
  }
}
