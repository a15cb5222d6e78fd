import {
  type Action,
  type EventHead,
  isBrineError,
  mapOf,
  type Outcome,
  type OutcomeReason,
  type Reaction,
  tagFault,
  withTrace,
} from '../core/index.ts';
import type { PreparedRun, RunKind, Runs } from './functions/runs.ts';
import { isUsableJid } from './jobs/job-record.ts';
import type { JobRequest, Published, Publisher } from './jobs/publisher.ts';
import type { Ledger } from './ledger.ts';

export interface SubmitOptions {
  readonly publisher: Publisher;
  readonly runs: Runs;
  readonly ledger: Ledger;
  /** Whose name jobs of reactions carry. */
  readonly user: string;
  /** The minion of this host: `caller` reactions run there. */
  readonly hostMinion: string;
}

type LocalAction = Extract<Action, { kind: 'local' }>;
type CallAction = Extract<Action, { kind: 'runner' | 'wheel' | 'caller' }>;

/** Salt's name for whoever runs what a reaction asks for; its loop guard knows it. */
const reactorUser = 'Reactor';

/**
 * Takes reactions, many at once: one outcome for each, in order, when everything is recorded. A jid that was
 * taken before is answered and not done again. Throws DISK_FULL, OVERLOADED, …: then try all of them again.
 */
export function submitter(options: SubmitOptions): (reactions: readonly Reaction[]) => Promise<Outcome[]> {
  const underWay = new Map<string, Promise<unknown>>();
  return async (reactions) => {
    for (;;) {
      const twin = underWay.size === 0 ? undefined : reactions.find(({ jid }) => underWay.has(jid));
      if (twin === undefined) break;
      await underWay.get(twin.jid);
    }
    const jids = reactions.map(({ jid }) => jid);
    const work = submit(reactions, options);
    const settled = work.catch(() => undefined);
    for (const jid of jids) underWay.set(jid, settled);
    try {
      return await work;
    } finally {
      for (const jid of jids) if (underWay.get(jid) === settled) underWay.delete(jid);
    }
  };
}

async function submit(reactions: readonly Reaction[], options: SubmitOptions): Promise<Outcome[]> {
  const jobs: { index: number; request: JobRequest }[] = [];
  const others: { index: number; reaction: Reaction }[] = [];
  reactions.forEach((reaction, index) => {
    const { action } = reaction;
    if (action.kind === 'local') jobs.push({ index, request: jobRequestOf(reaction, action, options.user) });
    else if (action.kind === 'caller')
      jobs.push({ index, request: callRequestOf(reaction, action, options) });
    else others.push({ index, reaction });
  });
  const outcomes: Outcome[] = reactions.map(() => refused('failed', 'It was not taken.'));
  const published = options.publisher.publish(jobs.map(({ request }) => request));
  const started =
    others.length === 0
      ? Promise.resolve([])
      : submitOthers(
          others.map(({ reaction }) => reaction),
          options,
        );
  const [jobAnswers, otherAnswers] = await Promise.all([published, started]);
  jobs.forEach(({ index }, i) => {
    outcomes[index] = jobOutcome(jobAnswers[i]);
  });
  others.forEach(({ index }, i) => {
    outcomes[index] = otherAnswers[i] ?? refused('failed', 'It was not taken.');
  });
  return outcomes;
}

function jobRequestOf(reaction: Reaction, action: LocalAction, user: string): JobRequest {
  const { jid, cause, depth, trace } = reaction;
  const { fun, tgt, tgtType, arg, kwarg, ret, metadata } = action;
  return { jid, tgt, tgtType, fun, arg, kwarg, user, ret, metadata, cause, depth, ...withTrace(trace) };
}

/** Salt runs a caller in the reactor's own process, on the master's host; here its minion does. */
function callRequestOf(
  { jid, cause, depth, trace }: Reaction,
  { fun, arg, kwarg }: CallAction,
  { user, hostMinion }: SubmitOptions,
): JobRequest {
  return {
    jid,
    tgt: [hostMinion],
    tgtType: 'list',
    fun,
    arg,
    kwarg,
    user,
    ret: '',
    metadata: null,
    cause,
    depth,
    ...withTrace(trace),
  };
}

function jobOutcome(published: Published | undefined): Outcome {
  if (published === undefined) return refused('failed', 'It was not taken.');
  if (!published.ok) return refused(published.reason, published.message);
  const { load, minions, missing } = published.record;
  const detail = mapOf({ minions: [...minions], missing: [...missing] });
  return { ok: true, repeated: published.repeated, jid: load.jid, detail };
}

/** Events, runners and wheels: recorded in one transaction, then the runners begin. */
async function submitOthers(
  reactions: readonly Reaction[],
  { runs, ledger }: SubmitOptions,
): Promise<Outcome[]> {
  const seen = new Set<string>();
  const begun: PreparedRun[] = [];
  const changes: PreparedRun['changes'][number][] = [];
  const events: PreparedRun['events'][number][] = [];
  const outcomes = reactions.map((reaction): Outcome => {
    const { jid, action } = reaction;
    if (!isUsableJid(jid)) return refused('bad-arguments', `${jid} is not a job id.`);
    if (seen.has(jid) || runs.isKnown(jid)) return { ok: true, repeated: true, jid, detail: null };
    if (action.kind === 'event') {
      const fault = tagFault(action.tag);
      if (fault !== undefined) return refused('bad-arguments', `The event cannot be sent: ${fault}.`);
      changes.push(runs.rowFor(jid, 'event'));
      events.push({ tag: action.tag, data: action.data, head: headOf(reaction) });
    } else if (action.kind === 'local' || action.kind === 'caller') {
      return refused('failed', 'A job was taken for a run.');
    } else {
      const prepared = prepareCall(runs, reaction, action, action.kind);
      if ('reason' in prepared) return refused(prepared.reason, prepared.message);
      begun.push(prepared);
      changes.push(...prepared.changes);
      events.push(...prepared.events);
    }
    seen.add(jid);
    return { ok: true, repeated: false, jid, detail: null };
  });
  if (changes.length > 0) await ledger.record(changes, events);
  for (const run of begun) run.execute().catch(() => undefined);
  return outcomes;
}

function prepareCall(
  runs: Runs,
  reaction: Reaction,
  { fun, arg, kwarg, legacy }: CallAction,
  kind: RunKind,
): PreparedRun | { reason: OutcomeReason; message: string } {
  const head = headOf(reaction);
  try {
    return runs.prepare({ kind, jid: reaction.jid, fun, arg, kwarg, legacy, user: reactorUser, head });
  } catch (error) {
    if (isBrineError(error, 'NO_SUCH_FUNCTION'))
      return { reason: 'unknown-function', message: error.message };
    if (isBrineError(error, 'BAD_ARGUMENT')) return { reason: 'bad-arguments', message: error.message };
    throw error;
  }
}

function headOf({ cause, depth, trace }: Reaction): EventHead {
  return { source: 'reactor', cause, depth, ...withTrace(trace) };
}

function refused(reason: OutcomeReason, message: string): Outcome {
  return { ok: false, retryable: false, reason, message };
}
