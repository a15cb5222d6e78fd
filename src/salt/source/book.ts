import { type EventHead, type Reaction, type Value, type ValueMap, withTrace } from '../../core/index.ts';
import { LimitedMap } from './limited-map.ts';
import type { CallTag } from './tags.ts';

/** A runner or wheel call that was seen to begin on the bus and that no reply of the master's has claimed. */
export interface SeenRun {
  readonly kind: 'run' | 'wheel';
  readonly jid: string;
  readonly fun: string;
  readonly funArgs: Value;
  readonly atMs: number;
}

const ownMax = 100_000;
const seenMax = 50_000;
const runsMax = 2000;
const questionsMax = 10_000;

/** Takes the return of a call that a template has asked for; undefined when nobody waits for it any more. */
type Answered = ((data: ValueMap) => void) | undefined;

/**
 * What passes between source and control plane: which calls on the bus come from reactions, so that their
 * events carry cause and depth, and which calls were seen to begin, so that none is made a second time. It
 * is kept in memory and bounded.
 */
export class CallBook {
  readonly #own = new LimitedMap<EventHead>(ownMax);
  readonly #begun = new LimitedMap<true>(seenMax);
  readonly #runs = new LimitedMap<SeenRun>(runsMax);
  readonly #claimed = new LimitedMap<true>(runsMax);
  readonly #questions = new LimitedMap<Answered>(questionsMax);

  /** From now on events of this call come from that reaction. */
  expect(jid: string, { cause, depth, trace }: Pick<Reaction, 'cause' | 'depth' | 'trace'>): void {
    this.#own.set(jid, { source: 'salt', cause, depth, ...withTrace(trace) });
  }

  /** A template has asked for this call: its events are nobody else's business. */
  askedBy(jid: string, answered: (data: ValueMap) => void): void {
    this.#questions.set(jid, answered);
  }

  /** Nobody waits for the return any more; its events stay hidden. */
  forgetQuestion(jid: string): void {
    this.#questions.set(jid, undefined);
  }

  isQuestion({ kind, jid }: CallTag): boolean {
    return kind !== 'job' && this.#questions.has(jid);
  }

  answer(jid: string, data: ValueMap): void {
    const answered = this.#questions.get(jid);
    this.forgetQuestion(jid);
    answered?.(data);
  }

  headOf(call: CallTag | undefined): EventHead | null {
    return call === undefined ? null : (this.#own.get(call.jid) ?? null);
  }

  /** A job, runner or wheel call has begun. */
  saw(call: CallTag): void {
    if (call.what === 'new') this.#begun.set(call.jid, true);
  }

  hasBegun(jid: string): boolean {
    return this.#begun.has(jid);
  }

  sawRun(run: SeenRun): void {
    if (!this.#claimed.has(run.jid)) this.#runs.set(run.jid, run);
  }

  /** The master has said whose call this is, perhaps before the call was seen to begin. */
  claim(jid: string): void {
    this.#claimed.set(jid, true);
    this.#runs.delete(jid);
  }

  /** A call like this that began since then and that nobody has claimed; it is claimed thereby. */
  takeRun(fits: (run: SeenRun) => boolean): SeenRun | undefined {
    for (const run of this.#runs.values()) {
      if (!fits(run)) continue;
      this.#runs.delete(run.jid);
      return run;
    }
    return undefined;
  }
}
