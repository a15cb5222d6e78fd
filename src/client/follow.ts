import { type Clock, getString, type JobReturn, returnFromValue, type ValueMap } from '../core/index.ts';
import type { MasterClient, PublishedJob } from './master-client.ts';
import { BusReader, type ReadEvent } from './reader.ts';

/** What is learned of a job while it is followed. */
export type JobNews =
  | { readonly kind: 'return'; readonly id: string; readonly return: JobReturn }
  /** The minions in `ids` have not returned in time and are asked whether they are still at work. */
  | { readonly kind: 'asking'; readonly ids: readonly string[] }
  /** Still at work, so waiting goes on. */
  | { readonly kind: 'working'; readonly ids: readonly string[] }
  /** No return will come: the minion did not answer, or was not there to begin with. */
  | { readonly kind: 'silent'; readonly id: string; readonly connected: boolean };

export interface FollowOptions {
  readonly clock: Clock;
  /** Seconds without a return before the silent minions are asked. */
  readonly timeoutS: number;
  /** Seconds in which they must answer. */
  readonly gatherJobTimeoutS: number;
}

/**
 * Follows a job until every minion has returned or is known not to. As long as a minion says that the job
 * runs, waiting goes on; one that does not answer that question is given up.
 */
export async function* followJob(
  master: MasterClient,
  job: PublishedJob & { readonly jid: string },
  options: FollowOptions,
): AsyncGenerator<JobNews, void, void> {
  const open = new Set(job.minions);
  for (const id of job.missing) yield { kind: 'silent', id, connected: false };
  const returns = returnsOf(master, job.jid, job.fromSeq);
  try {
    while (open.size > 0) {
      const next = await nextReturn(returns, options.clock, options.timeoutS);
      if (next !== null) {
        if (open.delete(next.id)) yield { kind: 'return', ...next };
        continue;
      }
      const ids = [...open];
      yield { kind: 'asking', ids };
      const working = await findJob(master, job.jid, ids, options);
      // Returns that came meanwhile wait in the reader, so they are taken before anybody is given up.
      for (let late = takeReturn(returns); late !== null; late = takeReturn(returns))
        if (open.delete(late.id)) yield { kind: 'return', ...late };
      for (const id of ids) {
        if (working.has(id) || !open.delete(id)) continue;
        yield { kind: 'silent', id, connected: true };
      }
      if (open.size > 0) yield { kind: 'working', ids: [...open] };
    }
  } finally {
    returns.close();
  }
}

interface MinionReturn {
  readonly id: string;
  readonly return: JobReturn;
}

function returnsOf(master: MasterClient, jid: string, fromSeq: number): BusReader {
  const prefix = `salt/job/${jid}/ret/`;
  return new BusReader({ bus: master.bus, name: `job ${jid}`, from: fromSeq, prefixes: [prefix] });
}

/** The next return, or null after `waitS` seconds without one. */
async function nextReturn(reader: BusReader, clock: Clock, waitS: number): Promise<MinionReturn | null> {
  const endMs = clock.monotonicMs() + waitS * 1000;
  for (;;) {
    const found = takeReturn(reader);
    if (found !== null || reader.closed) return found;
    const leftMs = endMs - clock.monotonicMs();
    if (leftMs <= 0) return null;
    await within(reader.fill(), clock, leftMs);
  }
}

function takeReturn(reader: BusReader): MinionReturn | null {
  const event = reader.shift();
  return event === undefined ? null : readReturn(event);
}

function readReturn(event: ReadEvent): MinionReturn {
  const data: ValueMap = event.data();
  const id = data.get('id');
  return { id: typeof id === 'string' ? id : '', return: returnFromValue(data) };
}

/** Which of the minions still run the job. */
async function findJob(
  master: MasterClient,
  jid: string,
  ids: readonly string[],
  options: FollowOptions,
): Promise<ReadonlySet<string>> {
  const question = await master.job({ tgt: [...ids], tgtType: 'list', fun: 'saltutil.find_job', arg: [jid] });
  const working = new Set<string>();
  if (question.jid === null) return working;
  const open = new Set(question.minions);
  const reader = returnsOf(master, question.jid, question.fromSeq);
  try {
    while (open.size > 0) {
      const answer = await nextReturn(reader, options.clock, options.gatherJobTimeoutS);
      if (answer === null) break;
      open.delete(answer.id);
      if (getString(answer.return.return, 'jid') === jid) working.add(answer.id);
    }
  } finally {
    reader.close();
  }
  return working;
}

/** Resolves when the work does, or after the limit; the work goes on. */
function within(work: Promise<void>, clock: Clock, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, resolve);
    work.then(
      () => {
        cancel();
        resolve();
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
