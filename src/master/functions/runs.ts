import {
  BrineError,
  type Clock,
  didYouMean,
  type EventHead,
  type Ids,
  isBrineError,
  jidMs,
  mapOf,
  messageOf,
  type OutgoingEvent,
  spanIdFor,
  type Telemetry,
  type TraceContext,
  tellSpan,
  textAt,
  traceFromValue,
  traceToValue,
  under,
  type Value,
  type ValueMap,
  withTrace,
} from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import {
  bindArguments,
  type CallContext,
  type FunctionTable,
  type MasterFunction,
  pickKnownArguments,
  pickLegacyArguments,
  type Sent,
} from './function.ts';

export type RunKind = 'runner' | 'wheel';

export interface RunRequest {
  readonly kind: RunKind;
  readonly jid: string | null;
  readonly fun: string;
  readonly arg: readonly Value[];
  readonly kwarg: ValueMap;
  /** Salt's old argument form: the function's parameters are picked from it. */
  readonly legacy: ValueMap | null;
  /** Keys of a request among which the arguments are; those that the function does not know are no fault. */
  readonly loose?: ValueMap;
  /** Globs of the tags that the caller may send; all unless given. */
  readonly emit?: readonly string[];
  readonly user: string;
  readonly head: EventHead | undefined;
}

export interface RunResult {
  readonly return: Value;
  readonly success: boolean;
}

/** A call that is checked and has its jid; nothing has happened yet. */
export interface PreparedRun {
  readonly jid: string;
  readonly tag: string;
  readonly changes: readonly StoreChange[];
  readonly events: readonly OutgoingEvent[];
  /** Call once, after the changes and events are recorded. */
  execute(): Promise<RunResult>;
}

/** A call that was looked up and whose arguments fit. */
interface Call {
  readonly row: MasterFunction;
  readonly given: ValueMap;
  /** With the head that its events carry, which is under the span of the run. */
  readonly request: RunRequest;
  /** What that span is under. */
  readonly above: TraceContext | undefined;
  readonly jid: string;
  readonly tag: string;
  readonly facts: ValueMap;
}

export interface RunsOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly tables: Readonly<Record<RunKind, FunctionTable>>;
}

const runs = 'runs';
const running = 'running';

/** Calls of runners and wheels: each jid once, with `new` before and `ret` after. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Whether something ran, or is running, under this jid. */
  isKnown(jid: string): boolean {
    return jid !== '' && this.#options.store.get(runs, jid) !== undefined;
  }

  /** The row that makes a jid known. */
  rowFor(jid: string, what: string): StoreChange {
    return { table: runs, key: jid, value: mapOf({ at_ms: this.#options.clock.nowMs(), what }) };
  }

  /** Throws NO_SUCH_FUNCTION or BAD_ARGUMENT. */
  prepare(request: RunRequest): PreparedRun {
    const { kind, fun } = request;
    const { row, arg, kwarg } = this.#callOf(request);
    const given = bindArguments(fun, row, arg, kwarg);
    const jid = request.jid ?? this.#options.ids.jid();
    const head = headOf(request.head, jid);
    const tag = `salt/${kind === 'runner' ? 'run' : 'wheel'}/${jid}`;
    const facts = factsOf(request, jid, tag, arg, kwarg);
    const above = request.head?.trace;
    const call = { row, given, request: { ...request, head }, above, jid, tag, facts };
    return row.sends === undefined ? this.#begun(call) : this.#whole(call, row.sends);
  }

  /** A run of which only the beginning is recorded first. */
  #begun(call: Call): PreparedRun {
    const { request, jid, tag, facts } = call;
    const { kind, fun, head } = request;
    const started = mapOf({
      facts,
      tag,
      cause: head?.cause?.event,
      rule: head?.cause?.rule,
      depth: head?.depth,
      trace: head?.trace === undefined ? undefined : traceToValue(head.trace),
    });
    return {
      jid,
      tag,
      changes: [this.rowFor(jid, `${kind}.${fun}`), { table: running, key: jid, value: started }],
      events: [{ tag: `${tag}/new`, data: facts, ...withHead(head) }],
      execute: () =>
        this.#track(
          this.#execute(call).then((result) => {
            this.#tellSpan(call, result.success);
            return this.#finish(call, result);
          }),
        ),
    };
  }

  /** A run that only sends events: they, its beginning and its end are recorded together. */
  #whole(call: Call, sends: NonNullable<MasterFunction['sends']>): PreparedRun {
    const { request, jid, tag, facts } = call;
    const head = withHead(request.head);
    const { events, ...result } = this.#sent(call, sends);
    return {
      jid,
      tag,
      changes: [this.rowFor(jid, `${request.kind}.${request.fun}`)],
      events: [
        { tag: `${tag}/new`, data: facts, ...head },
        ...events,
        { tag: `${tag}/ret`, data: ended(facts, result), ...head },
      ],
      execute: () => {
        this.#tellSpan(call, result.success);
        return Promise.resolve(result);
      },
    };
  }

  /** Records the start, runs it, records the end. Throws as `prepare` does. */
  async run(request: RunRequest): Promise<RunResult & { jid: string; tag: string }> {
    const prepared = await this.start(request);
    const result = await prepared.execute();
    return { ...result, jid: prepared.jid, tag: prepared.tag };
  }

  /**
   * What a function returns, without a job and its events: a rule that watches runs could not ask for one otherwise
   * without setting itself off. Throws NO_SUCH_FUNCTION, BAD_ARGUMENT and what the function throws.
   */
  async ask(kind: RunKind, fun: string, arg: readonly Value[], kwarg: ValueMap): Promise<Value> {
    const request = { kind, jid: null, fun, arg, kwarg, legacy: null, user: 'Reactor', head: undefined };
    const { row } = this.#callOf(request);
    const given = bindArguments(fun, row, arg, kwarg);
    return row.run(given, { jid: this.#options.ids.jid(), user: request.user, head: undefined });
  }

  /** Records the start; the caller executes. */
  async start(request: RunRequest): Promise<PreparedRun> {
    const prepared = this.prepare(request);
    await this.#options.ledger.record(prepared.changes, prepared.events);
    return prepared;
  }

  /** Tells of runs that an earlier process began and did not end. */
  async recover(): Promise<void> {
    const { store, ledger } = this.#options;
    for (const [jid, value] of Array.from(store.range(running))) {
      const map = value instanceof Map ? value : new Map<Value, Value>();
      const facts = map.get('facts');
      const rule = textAt(map, 'rule');
      const head =
        rule === ''
          ? undefined
          : {
              cause: { event: textAt(map, 'cause'), rule },
              depth: Number(map.get('depth')),
              ...withTrace(traceFromValue(map.get('trace'))),
            };
      await ledger.record(
        [{ table: running, key: jid, value: undefined }],
        [
          {
            tag: `${textAt(map, 'tag')}/ret`,
            data: ended(facts instanceof Map ? facts : new Map(), {
              return: 'The master stopped while this ran; how far it came is not known.',
              success: false,
            }),
            ...withHead(head),
          },
        ],
      );
    }
  }

  /** Waits for what runs. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #callOf(request: RunRequest): { row: MasterFunction; arg: readonly Value[]; kwarg: ValueMap } {
    const { kind, fun, legacy, loose } = request;
    const table = this.#options.tables[kind];
    const row = Object.hasOwn(table, fun) ? table[fun] : undefined;
    if (row === undefined) {
      const near = didYouMean(fun, Object.keys(table));
      const hint = near === undefined ? '' : ` Did you mean ${near}?`;
      throw new BrineError('NO_SUCH_FUNCTION', `There is no ${kind} ${fun}.${hint}`, { fields: { fun } });
    }
    if (loose !== undefined) return { row, ...pickKnownArguments(row, loose) };
    if (legacy === null) return { row, arg: request.arg, kwarg: request.kwarg };
    return { row, ...pickLegacyArguments(fun, row, legacy) };
  }

  async #execute(call: Call): Promise<RunResult> {
    try {
      return { return: await call.row.run(call.given, contextOf(call)), success: true };
    } catch (error) {
      return this.#failed(error, call.request);
    }
  }

  #sent(call: Call, sends: NonNullable<MasterFunction['sends']>): Sent & RunResult {
    try {
      return { ...sends(call.given, contextOf(call)), success: true };
    } catch (error) {
      return { ...this.#failed(error, call.request), events: [] };
    }
  }

  #failed(error: unknown, { kind, fun }: RunRequest): RunResult {
    const message = messageOf(error);
    if (!(error instanceof BrineError))
      this.#options.telemetry.emit({ kind: 'unexpected', where: `${kind} ${fun}`, message });
    return { return: `Exception occurred in ${kind} ${fun}: ${message}`, success: false };
  }

  async #finish({ jid, tag, facts, request }: Call, result: RunResult): Promise<RunResult> {
    const event = { tag: `${tag}/ret`, data: ended(facts, result), ...withHead(request.head) };
    const done: StoreChange = { table: running, key: jid, value: undefined };
    try {
      await this.#options.ledger.record([done], [event]);
      return result;
    } catch (error) {
      if (!isBrineError(error, 'EVENT_TOO_LARGE') && !isBrineError(error, 'BAD_EVENT')) throw error;
      const told = { return: `The result cannot be told: ${messageOf(error)}`, success: result.success };
      await this.#options.ledger.record([done], [{ ...event, data: ended(facts, told) }]);
      return told;
    }
  }

  /** As long as it ran, by its jid, which was made when it was asked for. */
  #tellSpan({ request: { kind, fun }, above, jid }: Call, success: boolean): void {
    if (above === undefined) return;
    const { clock, telemetry } = this.#options;
    const endMs = clock.nowMs();
    tellSpan(telemetry, above, {
      id: spanIdFor('job', jid),
      name: `${kind} ${fun}`,
      type: 'internal',
      startMs: Math.min(jidMs(jid) ?? endMs, endMs),
      endMs,
      ...(success ? {} : { failed: 'it failed' }),
      fields: { 'salt.jid': jid, 'salt.fun': fun },
    });
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = (): void => void this.#underWay.delete(work);
    work.then(done, (error: unknown) => {
      done();
      if (isBrineError(error, 'STOPPING')) return;
      this.#options.telemetry.emit({ kind: 'unexpected', where: 'master run', message: messageOf(error) });
    });
    return work;
  }
}

function contextOf({ request: { user, head, emit }, jid }: Call): CallContext {
  return { jid, user, head, ...(emit === undefined ? {} : { emit }) };
}

function factsOf(
  { kind, fun, user }: RunRequest,
  jid: string,
  tag: string,
  arg: readonly Value[],
  kwarg: ValueMap,
): ValueMap {
  const name = `${kind}.${fun}`;
  if (kind === 'wheel') return mapOf({ fun: name, jid, tag, user });
  return mapOf({ fun: name, jid, user, fun_args: kwarg.size === 0 ? [...arg] : [...arg, kwarg] });
}

function ended(facts: ValueMap, { return: value, success }: RunResult): ValueMap {
  const data: ValueMap = new Map();
  for (const [key, fact] of facts) data.set(key, fact);
  data.set('return', value).set('success', success);
  if (!success) data.set('retcode', 1);
  return data;
}

/** What its events carry: they are under the span of the run. */
function headOf(head: EventHead | undefined, jid: string): EventHead | undefined {
  const trace: TraceContext | undefined = head?.trace;
  return trace === undefined ? head : { ...head, trace: under(trace, spanIdFor('job', jid)) };
}

function withHead(head: EventHead | undefined): { head?: EventHead } {
  return head === undefined ? {} : { head };
}
