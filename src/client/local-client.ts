import {
  BrineError,
  type Clock,
  fromPlain,
  type Plain,
  splitArguments,
  toPlain,
  type Value,
} from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import { batchSize, runBatches } from './batch.ts';
import { followJob, type JobNews } from './follow.ts';
import type { Asker, MasterClient, PublishedJob } from './master-client.ts';
import { masterOf, type WhereOptions } from './where.ts';

export interface CmdOptions {
  /** Type of the target: `glob` (default), `pcre`, `list`, `grain`, `grain_pcre`, `compound`, `nodegroup`, `ipcidr`. */
  readonly tgtType?: string;
  readonly kwarg?: Readonly<Record<string, unknown>>;
  /** Seconds without a return before silent minions are asked whether they are at work. Default 5. */
  readonly timeout?: number;
  /** Seconds in which they must answer. Default 10. */
  readonly gatherJobTimeout?: number;
  /** Run on so many minions at once: a number, or a percentage such as `'10%'`. */
  readonly batch?: number | string;
  readonly metadata?: unknown;
  /** For whom the job is published, when it is not the user of this process. */
  readonly asker?: Asker;
  /** Compound targets; one of them must hold every minion that the job is for, else FORBIDDEN. */
  readonly within?: readonly string[];
}

/** One minion's return, as Salt's `cmd_iter` gives it. */
export interface MinionResult {
  readonly ret: Plain;
  readonly retcode: number;
  readonly success: boolean;
  readonly jid: string;
}

/** Runs functions on minions, through the master of this host. */
export class LocalClient implements AsyncDisposable {
  readonly #master: MasterClient;
  readonly #clock: Clock;

  constructor(master: MasterClient, clock: Clock) {
    this.#master = master;
    this.#clock = clock;
  }

  /** Connects to the master of this host. Throws NOT_RUNNING. */
  static async connect(options: WhereOptions = {}): Promise<LocalClient> {
    return new LocalClient(await masterOf(options), systemClock);
  }

  close(): Promise<void> {
    return this.#master.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The returns by minion id. A minion that did not return is not in it. Throws BAD_ARGUMENT when nobody matches. */
  async cmd(
    tgt: string | readonly string[],
    fun: string,
    arg: readonly unknown[] = [],
    options: CmdOptions = {},
  ): Promise<Record<string, Plain>> {
    const returns: Record<string, Plain> = {};
    for await (const result of this.cmdIter(tgt, fun, arg, options))
      for (const [id, { ret }] of Object.entries(result)) returns[id] = ret;
    return returns;
  }

  /** Publishes and does not wait. The job's id, or null when no minion matches. */
  async cmdAsync(
    tgt: string | readonly string[],
    fun: string,
    arg: readonly unknown[] = [],
    options: CmdOptions = {},
  ): Promise<string | null> {
    return (await this.#publish(tgt, fun, arg, options)).jid;
  }

  /** Each minion's return as it comes: `{id: {ret, retcode, success, jid}}`. */
  async *cmdIter(
    tgt: string | readonly string[],
    fun: string,
    arg: readonly unknown[] = [],
    options: CmdOptions = {},
  ): AsyncGenerator<Record<string, MinionResult>, void, void> {
    for await (const news of this.follow(tgt, fun, arg, options)) {
      if (news.kind !== 'return') continue;
      const { retcode, success, jid, return: value } = news.return;
      yield { [news.id]: { ret: toPlain(value), retcode, success, jid } };
    }
  }

  /** Everything that is learned of the job, also which minions stay silent. */
  async *follow(
    tgt: string | readonly string[],
    fun: string,
    arg: readonly unknown[] = [],
    options: CmdOptions = {},
    onJob: (job: PublishedJob) => void = () => undefined,
  ): AsyncGenerator<JobNews, void, void> {
    if (options.batch === undefined) {
      yield* this.#one(tgt, fun, arg, options, onJob);
      return;
    }
    const ids: string[] = [];
    for await (const news of this.#one(tgt, 'test.ping', [], { ...options, kwarg: {} }, () => undefined))
      if (news.kind === 'return') ids.push(news.id);
      else if (news.kind === 'silent') yield news;
    yield* runBatches(ids, batchSize(options.batch, ids.length), (some) =>
      this.#one(some, fun, arg, { ...options, tgtType: 'list' }, onJob),
    );
  }

  async *#one(
    tgt: string | readonly string[],
    fun: string,
    arg: readonly unknown[],
    options: CmdOptions,
    onJob: (job: PublishedJob) => void,
  ): AsyncGenerator<JobNews, void, void> {
    const job = await this.#publish(tgt, fun, arg, options);
    onJob(job);
    const { jid } = job;
    if (jid === null)
      throw new BrineError('BAD_ARGUMENT', job.error ?? 'No minions matched the target.', {
        fields: {
          hint: '`brine key list` shows the accepted minions, `brine run manage.up` those that answer.',
        },
      });
    yield* followJob(
      this.#master,
      { ...job, jid },
      {
        clock: this.#clock,
        timeoutS: options.timeout ?? 5,
        gatherJobTimeoutS: options.gatherJobTimeout ?? 10,
      },
    );
  }

  #publish(
    tgt: string | readonly string[],
    fun: string,
    given: readonly unknown[],
    options: CmdOptions,
  ): Promise<PublishedJob> {
    const { arg, kwarg } = splitArguments(given.map(fromPlain));
    for (const [key, value] of Object.entries(options.kwarg ?? {})) kwarg.set(key, fromPlain(value));
    const metadata: Value | undefined =
      options.metadata === undefined ? undefined : fromPlain(options.metadata);
    return this.#master.job({
      tgt: typeof tgt === 'string' ? tgt : [...tgt],
      tgtType: options.tgtType ?? (typeof tgt === 'string' ? 'glob' : 'list'),
      fun,
      arg,
      kwarg,
      ...(metadata === undefined ? {} : { metadata }),
      ...(options.asker === undefined ? {} : { asker: options.asker }),
      ...(options.within === undefined ? {} : { within: options.within }),
    });
  }
}
