import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackData } from '../../../src/bus/index.ts';
import { returnFromValue, silentTelemetry } from '../../../src/core/index.ts';
import { type LoggedStore, openLoggedStore, openReactorStore } from '../../../src/journal/index.ts';
import { jobRecordFromValue } from '../../../src/master/jobs/job-record.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { kindOf, type Published } from './generator.ts';

const forever = 1e13;
const interruptedText = 'The job was interrupted by a restart of the minion.';

/** What the disks say after a run of the crash ledger. Every list holds what must not be there. */
export interface Audit {
  readonly accepted: number;
  readonly refused: number;
  readonly unknown: number;
  /** Events of unknown fate that are in the log; they are held to the same rules as the accepted ones. */
  readonly unknownPresent: number;
  readonly decisions: number;
  readonly decided: number;
  readonly dispatched: number;
  readonly dead: number;
  readonly effects: number;
  readonly interrupted: number;
  /** Interrupted jobs whose effect happened all the same. */
  readonly interruptedWithEffect: number;
  readonly undelivered: number;
  /** Reactions that were submitted again after a kill; the master knew their jid and did nothing. */
  readonly repeats: readonly Repeat[];
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
}

interface Repeat {
  readonly reaction: string;
  readonly jid: string;
}

export interface RuleOf {
  readonly rule: string;
  readonly wants: (n: number) => boolean;
  readonly fires: (n: number) => boolean;
  /** What its action leaves behind. */
  readonly effect: 'file' | 'event' | 'dead';
}

export const ledgerRules: readonly RuleOf[] = [
  { rule: 'count', wants: () => true, fires: () => true, effect: 'file' },
  { rule: 'even', wants: (n) => kindOf(n) === 'even', fires: () => true, effect: 'event' },
  { rule: 'third', wants: () => true, fires: (n) => n % 3 === 0, effect: 'event' },
  { rule: 'nobody', wants: (n) => kindOf(n) === 'dead', fires: () => true, effect: 'dead' },
];

export function ledgerRulesText(effectsFile: string): string {
  return `rules:
  count:
    on: load/*
    do:
      - local.file.append: {tgt: counter, args: ['${effectsFile}', '{{ data.n }}']}
  even:
    on: load/even
    do:
      - event.send: {tag: 'seen/even', data: {n: '{{ data.n }}'}}
  third:
    on: load/*
    if: data.n % 3 == 0
    do:
      - event.send: {tag: 'seen/third', data: {n: '{{ data.n }}'}}
  nobody:
    on: load/dead
    do:
      - local.test.ping: {tgt: nobody}
`;
}

/** Reads the stopped cluster's disks. */
export async function audit(dataDir: string, effectsFile: string, published: Published): Promise<Audit> {
  const log = await readLog(dataDir);
  const jobs = await readJobs(dataDir);
  const effects = countLines(readFileSync(effectsFile, 'utf8'));
  return new Auditor(log, jobs, effects, published).run(dataDir);
}

interface Log {
  readonly id: string;
  /** n → sequence numbers of its event. */
  readonly seqs: ReadonlyMap<number, readonly number[]>;
  /** `even 12` → how often it was sent. */
  readonly sent: ReadonlyMap<string, number>;
  readonly undelivered: ReadonlySet<string>;
}

async function readLog(dataDir: string): Promise<Log> {
  const journal = await openMasterJournal(dataDir);
  const { log } = journal;
  const seqs = new Map<number, number[]>();
  const sent = new Map<string, number>();
  const undelivered = new Set<string>();
  for (let seq = log.oldestSeq(); seq < log.nextSeq(); ) {
    const batches = log.read(seq, 8 << 20);
    for (const { tags, bodies, firstSeq } of batches) {
      tags.forEach((tag, i) => {
        const n = (): number => Number(unpackData(bodies[i] ?? new Uint8Array()).get('n'));
        if (tag.startsWith('load/')) push(seqs, n(), firstSeq + i);
        else if (tag.startsWith('seen/')) increment(sent, `${tag.slice(5)} ${n()}`);
        else if (tag.endsWith('/undelivered/counter')) undelivered.add(tag.split('/')[2] ?? '');
      });
      seq = firstSeq + tags.length;
    }
  }
  const { id } = log;
  await journal.close();
  return { id, seqs, sent, undelivered };
}

function openMasterJournal(dataDir: string): Promise<LoggedStore> {
  return openLoggedStore(join(dataDir, 'master', 'journal'), ['jobs', 'returns'], {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: forever,
    retentionBytes: forever,
  });
}

interface Job {
  readonly jid: string;
  readonly n: number;
  readonly rule: string;
  readonly event: string;
  readonly success: boolean | null;
  readonly interrupted: boolean;
}

/** `<event> <rule>` → the jobs made for it; there must be one. */
async function readJobs(dataDir: string): Promise<ReadonlyMap<string, readonly Job[]>> {
  const journal = await openMasterJournal(dataDir);
  const { store } = journal;
  const jobs = new Map<string, Job[]>();
  for (const [jid, value] of store.range('jobs')) {
    const { load } = jobRecordFromValue(value);
    if (load.cause === null) continue;
    const stored = store.get('returns', `${jid}/counter`);
    const ret = stored === undefined ? undefined : returnFromValue(stored);
    const { event, rule } = load.cause;
    push(jobs, `${event} ${rule}`, {
      jid,
      n: Number(load.arg[1]),
      rule,
      event,
      success: ret?.success ?? null,
      interrupted: ret?.return === interruptedText,
    });
  }
  await journal.close();
  return jobs;
}

type Counts = {
  -readonly [K in keyof Audit as Audit[K] extends number ? K : never]: number;
};

class Auditor {
  readonly #log: Log;
  readonly #jobs: ReadonlyMap<string, readonly Job[]>;
  readonly #effects: ReadonlyMap<number, number>;
  readonly #published: Published;
  readonly #missing: string[] = [];
  readonly #wrong: string[] = [];
  readonly #repeats: Repeat[] = [];
  readonly #jids = new Set<string>();
  readonly #counts: Counts;

  constructor(
    log: Log,
    jobs: ReadonlyMap<string, readonly Job[]>,
    effects: ReadonlyMap<number, number>,
    published: Published,
  ) {
    this.#log = log;
    this.#jobs = jobs;
    this.#effects = effects;
    this.#published = published;
    this.#counts = {
      accepted: published.acked.size,
      refused: published.refused.size,
      unknown: published.unknown.size,
      unknownPresent: 0,
      decisions: 0,
      decided: 0,
      dispatched: 0,
      dead: 0,
      effects: 0,
      interrupted: 0,
      interruptedWithEffect: 0,
      undelivered: 0,
    };
  }

  async run(dataDir: string): Promise<Audit> {
    this.#checkLog();
    await this.#checkDecisions(dataDir);
    for (const [n, count] of this.#effects) {
      this.#counts.effects += count;
      if (count > 1) this.#wrong.push(`the effect of ${n} happened ${count} times`);
      if (!this.#log.seqs.has(n))
        this.#wrong.push(`the effect of ${n} happened, its event is not in the log`);
    }
    for (const [what, count] of this.#log.sent)
      if (count > 1) this.#wrong.push(`the event seen/${what} was sent ${count} times`);
    return { ...this.#counts, repeats: this.#repeats, missing: this.#missing, wrong: this.#wrong };
  }

  #checkLog(): void {
    const { acked, unknown, refused } = this.#published;
    for (const [n, seq] of acked)
      if (this.#log.seqs.get(n)?.includes(seq) !== true)
        this.#missing.push(`event ${n} was acknowledged as ${seq} and is not in the log`);
    for (const [n, seqs] of this.#log.seqs) {
      if (seqs.length > 1) this.#wrong.push(`event ${n} is ${seqs.length} times in the log`);
      if (refused.has(n)) this.#wrong.push(`event ${n} was refused and is in the log`);
      if (unknown.has(n)) this.#counts.unknownPresent += 1;
    }
  }

  async #checkDecisions(dataDir: string): Promise<void> {
    const ports = { clock: systemClock, telemetry: silentTelemetry };
    const store = await openReactorStore(join(dataDir, 'reactor'), { ...ports, keepDecisionsMs: forever });
    const found = new Map<string, { verdict: string; reactions: readonly string[]; times: number }>();
    for (const { event, tag, rule, verdict, reactions } of store.decisions(Number.POSITIVE_INFINITY)) {
      if (!tag.startsWith('load/')) continue;
      this.#counts.decisions += 1;
      const times = (found.get(`${event} ${rule}`)?.times ?? 0) + 1;
      found.set(`${event} ${rule}`, { verdict, reactions, times });
    }
    const waiting = new Set(Array.from(store.outbox(), ({ reaction }) => reaction.id));
    for (const [n, seqs] of this.#log.seqs) {
      const event = `${this.#log.id}-${seqs[0]}`;
      let whole = true;
      for (const rule of ledgerRules.filter(({ wants }) => wants(n))) {
        const decision = found.get(`${event} ${rule.rule}`);
        found.delete(`${event} ${rule.rule}`);
        const what = `event ${n} (${event}), rule ${rule.rule}`;
        whole &&= decision !== undefined;
        if (decision === undefined) this.#missing.push(`${what}: no decision`);
        else if (decision.times > 1) this.#wrong.push(`${what}: decided ${decision.times} times`);
        else if (decision.verdict !== (rule.fires(n) ? 'fired' : 'condition-false'))
          this.#wrong.push(`${what}: ${decision.verdict}`);
        else if (rule.fires(n)) this.#checkReactions(store, waiting, { rule, n, event, what, ...decision });
      }
      if (whole) this.#counts.decided += 1;
    }
    for (const key of found.keys()) this.#wrong.push(`a decision on ${key}, which no rule should have made`);
    await store.close();
  }

  #checkReactions(
    store: Awaited<ReturnType<typeof openReactorStore>>,
    waiting: ReadonlySet<string>,
    fired: { rule: RuleOf; n: number; event: string; what: string; reactions: readonly string[] },
  ): void {
    const { rule, n, event, what, reactions } = fired;
    const [id = ''] = reactions;
    const settlement = store.settlement(id);
    const letter = store.deadLetter(id);
    const ends = [settlement, letter].filter((end) => end !== undefined).length;
    if (reactions.length !== 1) this.#wrong.push(`${what}: ${reactions.length} reactions`);
    if (waiting.has(id)) this.#missing.push(`${what}: still in the outbox`);
    else if (ends === 0) this.#missing.push(`${what}: its reaction has no end`);
    if (ends > 1) this.#wrong.push(`${what}: its reaction was settled and is a dead letter`);
    if (letter !== undefined) {
      this.#counts.dead += 1;
      if (rule.effect !== 'dead') this.#wrong.push(`${what}: dead letter, ${letter.message}`);
    }
    if (settlement === undefined || !settlement.outcome.ok) return;
    this.#counts.dispatched += 1;
    const { jid, repeated } = settlement.outcome;
    if (this.#jids.has(jid)) this.#wrong.push(`${what}: its jid ${jid} belongs to another reaction too`);
    this.#jids.add(jid);
    if (repeated) this.#repeats.push({ reaction: id, jid });
    if (rule.effect === 'event' && this.#log.sent.get(`${rule.rule} ${n}`) !== 1)
      this.#missing.push(`${what}: its event is not in the log`);
    if (rule.effect === 'file') this.#checkJob(`${event} ${rule.rule}`, jid, n, what);
  }

  #checkJob(key: string, jid: string, n: number, what: string): void {
    const jobs = this.#jobs.get(key) ?? [];
    const [job] = jobs;
    const effects = this.#effects.get(n) ?? 0;
    // One job for each reaction, under the jid of its settlement: then every attempt carried the same jid.
    if (jobs.length > 1)
      this.#wrong.push(`${what}: ${jobs.length} jobs, ${jobs.map((j) => j.jid).join(', ')}`);
    if (job === undefined) this.#missing.push(`${what}: the master has no job`);
    else if (job.jid !== jid) this.#wrong.push(`${what}: settled as ${jid}, the master's job is ${job.jid}`);
    else if (job.n !== n) this.#wrong.push(`${what}: its job has the number ${job.n}`);
    else if (job.interrupted) {
      this.#counts.interrupted += 1;
      this.#counts.interruptedWithEffect += effects;
    } else if (this.#log.undelivered.has(jid) && effects === 0) this.#counts.undelivered += 1;
    else if (job.success === null) this.#missing.push(`${what}: job ${jid} has no return`);
    else if (!job.success) this.#wrong.push(`${what}: job ${jid} failed`);
    else if (effects === 0) this.#missing.push(`${what}: job ${jid} succeeded without an effect`);
  }
}

function countLines(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of text.split('\n')) if (line !== '') increment(counts, Number(line));
  return counts;
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
