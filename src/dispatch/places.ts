import type { Clock, ControlPlane, OpenJob, OutboxEntry, Outcome } from '../core/index.ts';

/** What is under way for a rule with a limit. */
interface Taken {
  readonly rule: string;
  readonly sinceMs: number;
  /** Who owes an end: null until the control plane has answered. */
  owing: Set<string> | null;
  /** Ends that came before the answer. */
  readonly ended: Set<string>;
}

export interface PlacesOptions {
  readonly clock: Clock;
  readonly plane: ControlPlane;
  /** Reactions of the rule that may be under way at once; null without a limit. */
  readonly limitOf: (rule: string) => number | null;
  /** How long a job may take that nobody can be asked about, in milliseconds. */
  readonly leaseMs: number;
  /** Places have become free. */
  readonly onFree: () => void;
}

const lookEveryMs = 10_000;
const lookMax = 1000;
/** Stands for whoever runs what is not a job of minions. */
const onMaster = '';

/**
 * Places of rules that may have only so many reactions under way at once. A reaction holds its place from when it is
 * sent until its outcome; one that leads to a job or a run, until that has ended everywhere. Ends are read from
 * the bus; what they miss, asking the control plane finds.
 */
export class Places {
  readonly #options: PlacesOptions;
  /** Job id → what holds a place. */
  readonly #taken = new Map<string, Taken>();
  readonly #counts = new Map<string, number>();
  /** Other ids under which a control plane runs what holds places: a Salt master gives runners ids of its own. */
  readonly #runAs = new Map<string, Set<string>>();
  #cancelLook: (() => void) | undefined;
  #stopped = false;
  /** Ends of jobs that nobody could be asked about and that took too long. */
  expired = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Reactions of the rule that may still be sent. */
  free(rule: string): number {
    const limit = this.#options.limitOf(rule);
    return limit === null ? Number.POSITIVE_INFINITY : Math.max(0, limit - this.taken(rule));
  }

  isLimited(rule: string): boolean {
    return this.#options.limitOf(rule) !== null;
  }

  taken(rule: string): number {
    return this.#counts.get(rule) ?? 0;
  }

  get rules(): Iterable<string> {
    return this.#counts.keys();
  }

  /** A reaction is about to be sent. */
  take({ reaction }: OutboxEntry): void {
    const { jid, cause } = reaction;
    if (this.#options.limitOf(cause.rule) === null) return;
    const known = this.#taken.get(jid);
    if (known === undefined) this.#put(jid, cause.rule, null);
    else known.owing = null;
  }

  /** The control plane has answered, or could not be asked. */
  answered({ reaction }: OutboxEntry, outcome: Outcome | null): void {
    const taken = this.#taken.size === 0 ? undefined : this.#taken.get(reaction.jid);
    if (taken === undefined) return;
    const { kind } = reaction.action;
    if (outcome?.ok !== true || kind === 'event') return this.#release(reaction.jid);
    taken.owing = new Set(owing(kind, outcome));
    for (const minion of taken.ended) taken.owing.delete(minion);
    if (taken.owing.size === 0) return this.#release(reaction.jid);
    if (outcome.jid === '' || outcome.jid === reaction.jid) return;
    const holders = this.#runAs.get(outcome.jid) ?? new Set();
    this.#runAs.set(outcome.jid, holders.add(reaction.jid));
  }

  /** Looks for ends among the tags of events. */
  saw(tags: readonly string[]): void {
    if (this.#taken.size === 0) return;
    for (const tag of tags) {
      if (!tag.startsWith('salt/') && !tag.startsWith('brine/job/')) continue;
      const end = endIn(tag);
      if (end === null) continue;
      this.#ended(end.jid, end.minion);
      for (const jid of this.#runAs.get(end.jid) ?? []) this.#ended(jid, end.minion);
    }
  }

  #ended(jid: string, minion: string): void {
    const taken = this.#taken.get(jid);
    if (taken === undefined) return;
    taken.ended.add(minion);
    if (taken.owing?.delete(minion) === true && taken.owing.size === 0) this.#release(jid);
  }

  /** Learns what is under way from before this process. Throws what the control plane throws. */
  async recover(rules: readonly string[]): Promise<void> {
    const open = await this.#options.plane.openJobs?.({ rules });
    for (const { jid, rule, minions } of open ?? [])
      if (!this.#taken.has(jid) && this.#options.limitOf(rule) !== null)
        this.#put(jid, rule, new Set(minions.length === 0 ? [onMaster] : minions));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelLook?.();
  }

  #put(jid: string, rule: string, owed: Set<string> | null): void {
    const sinceMs = this.#options.clock.monotonicMs();
    this.#taken.set(jid, { rule, sinceMs, owing: owed, ended: new Set() });
    this.#counts.set(rule, this.taken(rule) + 1);
    this.#lookLater();
  }

  #release(jid: string): void {
    const taken = this.#taken.get(jid);
    if (taken === undefined) return;
    this.#taken.delete(jid);
    for (const [other, holders] of this.#runAs)
      if (holders.delete(jid) && holders.size === 0) this.#runAs.delete(other);
    const left = this.taken(taken.rule) - 1;
    if (left > 0) this.#counts.set(taken.rule, left);
    else this.#counts.delete(taken.rule);
    this.#options.onFree();
  }

  #lookLater(): void {
    if (this.#stopped || this.#taken.size === 0) return;
    this.#cancelLook ??= this.#options.clock.after(lookEveryMs, () => {
      this.#cancelLook = undefined;
      void this.#look().finally(() => this.#lookLater());
    });
  }

  /** Asks about what has been under way for a while; an end may have passed before this process was there. */
  async #look(): Promise<void> {
    const { clock, plane, leaseMs } = this.#options;
    const patienceMs = plane.openJobs === undefined ? leaseMs : lookEveryMs;
    const oldestMs = clock.monotonicMs() - patienceMs;
    const jids: string[] = [];
    for (const [jid, { owing: owed, sinceMs }] of this.#taken)
      if (owed !== null && sinceMs <= oldestMs && jids.length < lookMax) jids.push(jid);
    if (jids.length === 0) return;
    const open = plane.openJobs === undefined ? [] : await plane.openJobs({ jids }).catch(() => undefined);
    if (open === undefined) return;
    const still = new Map(open.map((job) => [job.jid, job]));
    for (const jid of jids) this.#update(jid, still.get(jid));
    if (plane.openJobs === undefined) this.expired += jids.length;
  }

  #update(jid: string, job: OpenJob | undefined): void {
    const taken = this.#taken.get(jid);
    if (job === undefined) return this.#release(jid);
    // At the end of the line, so that the next look asks about others too.
    if (taken !== undefined) {
      this.#taken.delete(jid);
      this.#taken.set(jid, taken);
      taken.owing = new Set(job.minions.length === 0 ? [onMaster] : job.minions);
    }
  }
}

function owing(kind: string, outcome: Extract<Outcome, { ok: true }>): string[] {
  // What has returned already owes nothing more.
  if (outcome.detail instanceof Map && outcome.detail.has('return')) return [];
  if (kind === 'runner' || kind === 'wheel') return [onMaster];
  const minions = outcome.detail instanceof Map ? outcome.detail.get('minions') : undefined;
  return Array.isArray(minions) ? minions.filter((id) => typeof id === 'string') : [];
}

const jobEnd = /^(?:salt\/job\/([^/]+)\/ret|brine\/job\/([^/]+)\/(?:undelivered|lost))\/(.+)$/s;
const runEnd = /^salt\/(?:run|wheel)\/([^/]+)\/ret$/;

/** What a tag says has ended. */
function endIn(tag: string): { jid: string; minion: string } | null {
  const job = jobEnd.exec(tag);
  if (job !== null) return { jid: job[1] ?? job[2] ?? '', minion: job[3] ?? '' };
  const run = runEnd.exec(tag);
  return run === null ? null : { jid: run[1] ?? '', minion: onMaster };
}
