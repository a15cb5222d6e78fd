import { packValue } from '../../bus/index.ts';
import { type Clock, mapOf, type Outcome, type Reaction, type Value } from '../../core/index.ts';
import { LimitedMap } from '../source/limited-map.ts';
import type { LocalAction } from './local.ts';
import { failed } from './outcomes.ts';

export interface CoalescerOptions {
  readonly clock: Clock;
  /** How long the first reaction waits for others, in milliseconds. */
  readonly windowMs: number;
  /** Publishes one job for all. */
  readonly publish: (reaction: Reaction, action: LocalAction) => Promise<Outcome>;
  /** Whether the master has taken the job of this id; asked for attempts that may have been made. */
  readonly wasTaken: (jid: string) => Promise<boolean>;
}

interface Member {
  readonly reaction: Reaction;
  readonly ids: readonly string[];
  readonly resolve: (outcome: Outcome) => void;
}

interface Group {
  readonly first: Reaction;
  readonly action: LocalAction;
  readonly members: Member[];
  readonly ids: Set<string>;
}

const idsMax = 500;
const leadersKept = 100_000;

/**
 * Joins reactions that ask for the same function with the same arguments on named minions, within a short
 * window, into one job with a list of minions. The job has the id of the first of them; each reaction gets its
 * own outcome. A minion that is named twice gets two jobs, because two were asked for.
 */
export class Coalescer {
  readonly #options: CoalescerOptions;
  readonly #groups = new Map<string, Group>();
  /** Under whose id a reaction was sent. */
  readonly #leaders = new LimitedMap<string>(leadersKept);

  constructor(options: CoalescerOptions) {
    this.#options = options;
  }

  /** undefined when this reaction cannot be joined with others. */
  submit(reaction: Reaction, action: LocalAction): Promise<Outcome> | undefined {
    const ids = namedMinions(action);
    return ids === undefined || ids.length > idsMax ? undefined : this.#submit(reaction, action, ids);
  }

  async #submit(reaction: Reaction, action: LocalAction, ids: readonly string[]): Promise<Outcome> {
    const leader = this.#leaders.get(reaction.jid);
    if (leader !== undefined && (await this.#options.wasTaken(leader)))
      return { ok: true, repeated: true, jid: leader, detail: null };
    return new Promise((resolve) => this.#join(reaction, action, { reaction, ids, resolve }));
  }

  #join(reaction: Reaction, action: LocalAction, member: Member): void {
    const key = Buffer.from(packValue(sameness(action))).toString('latin1');
    let group = this.#groups.get(key);
    const fits = group !== undefined && group.ids.size + member.ids.length <= idsMax;
    if (group === undefined || !fits || member.ids.some((id) => group?.ids.has(id))) {
      group = { first: reaction, action, members: [], ids: new Set() };
      this.#groups.set(key, group);
      const started = group;
      this.#options.clock.after(this.#options.windowMs, () => void this.#send(key, started));
    }
    group.members.push(member);
    for (const id of member.ids) group.ids.add(id);
    this.#leaders.set(reaction.jid, group.first.jid);
  }

  async #send(key: string, group: Group): Promise<void> {
    if (this.#groups.get(key) === group) this.#groups.delete(key);
    const { first, action, members, ids } = group;
    const joined: LocalAction = members.length === 1 ? action : { ...action, tgt: [...ids], tgtType: 'list' };
    const outcome = await this.#options.publish(first, joined);
    for (const member of members) member.resolve(members.length === 1 ? outcome : shareOf(outcome, member));
  }
}

/** What one reaction learns of the job that was published for several. */
function shareOf(outcome: Outcome, { ids }: Member): Outcome {
  if (!outcome.ok || !(outcome.detail instanceof Map)) return outcome;
  const all = outcome.detail.get('minions');
  const minions = ids.filter((id) => Array.isArray(all) && all.includes(id));
  if (minions.length === 0) return failed('no-minions', `No minion is called ${ids.join(', ')}.`);
  const missing = ids.filter((id) => !minions.includes(id));
  return { ...outcome, detail: mapOf({ minions, missing, coalesced: true }) };
}

/** Only minions that are named can be put together: two patterns in one job would change what each matches. */
function namedMinions({ tgt, tgtType }: LocalAction): string[] | undefined {
  if (tgtType === 'glob') return typeof tgt === 'string' && !/[*?[\]\s]/.test(tgt) ? [tgt] : undefined;
  if (tgtType !== 'list') return undefined;
  const ids = typeof tgt === 'string' ? tgt.split(',').map((id) => id.trim()) : tgt;
  return Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string')
    ? [...new Set(ids)]
    : undefined;
}

function sameness({ fun, arg, kwarg, ret, timeoutS, metadata }: LocalAction): Value {
  return [fun, [...arg], kwarg, ret, timeoutS, metadata];
}
