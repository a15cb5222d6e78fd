import {
  connectBus,
  connectLink,
  type EventBus,
  type LinkClient,
  packValue,
  socketPath,
  unpackValue,
} from '../bus/index.ts';
import { type Clock, mapOf, textAt, type Value, type ValueMap } from '../core/index.ts';
import { probeSocket } from './probe.ts';

export interface ConnectMasterOptions {
  readonly sockDir: string;
  readonly clock: Clock;
  /** Who asks, for the records of jobs. */
  readonly user?: string;
}

export interface JobRequest {
  readonly tgt: Value;
  /** `glob` unless given. */
  readonly tgtType?: string;
  readonly fun: string;
  readonly arg?: readonly Value[];
  readonly kwarg?: ValueMap;
  readonly metadata?: Value;
  readonly ret?: string;
  readonly asker?: Asker;
  /** Compound targets; one of them must hold every minion that the job is for, else FORBIDDEN. */
  readonly within?: readonly string[];
}

/** For whom a process of the master's own user asks. */
export interface Asker {
  readonly user: string;
  /** What the heads of the events say, such as `api:alice@192.0.2.7`. */
  readonly source: string;
}

/** A call of a runner or a wheel. */
export interface FunctionCall {
  readonly fun: string;
  readonly arg?: readonly Value[];
  readonly kwarg?: ValueMap;
  /** Keys among which the arguments are; unknown ones are passed over. Instead of `arg` and `kwarg`. */
  readonly loose?: ValueMap;
  readonly asker?: Asker;
  /** Globs of the tags that the call may send; all unless given. */
  readonly emit?: readonly string[];
}

/** A job as the master took it. Without a jid nobody matched, and `error` says so. */
export interface PublishedJob {
  readonly jid: string | null;
  readonly minions: readonly string[];
  readonly missing: readonly string[];
  readonly error: string | null;
  /** Where in the event log to look for the job's events. */
  readonly fromSeq: number;
}

export interface FunctionResult {
  readonly jid: string;
  readonly tag: string;
  readonly return: Value;
  readonly success: boolean;
}

const requestMs = 15_000;
/** A runner may work for long; the link itself notices a master that goes away. */
const runMs = 24 * 3600 * 1000;

/** The master's local socket: its bus, and the requests of docs/wire.md. */
export class MasterClient implements AsyncDisposable {
  readonly bus: EventBus;
  readonly #link: LinkClient;
  readonly #user: string;

  constructor(link: LinkClient, bus: EventBus, user: string) {
    this.#link = link;
    this.bus = bus;
    this.#user = user;
  }

  /** Publishes a job. Throws BAD_ARGUMENT for a target or a function that cannot be. */
  async job(request: JobRequest): Promise<PublishedJob> {
    const { nextSeq } = await this.bus.info();
    const reply = await this.#ask('job', this.#jobValue(request), requestMs);
    const jid = reply.get('jid');
    return {
      jid: typeof jid === 'string' ? jid : null,
      minions: texts(reply.get('minions')),
      missing: texts(reply.get('missing')),
      error: typeof jid === 'string' ? null : textAt(reply, 'error') || 'No minions matched the target.',
      fromSeq: nextSeq,
    };
  }

  run(fun: string, arg: readonly Value[] = [], kwarg: ValueMap = new Map()): Promise<FunctionResult> {
    return this.#call('run', fun, arg, kwarg);
  }

  wheel(fun: string, arg: readonly Value[] = [], kwarg: ValueMap = new Map()): Promise<FunctionResult> {
    return this.#call('wheel', fun, arg, kwarg);
  }

  /** Starts a runner and does not wait for it; its return is the event `<tag>/ret`. */
  async runAsync(
    fun: string,
    arg: readonly Value[] = [],
    kwarg: ValueMap = new Map(),
  ): Promise<{ readonly jid: string; readonly tag: string }> {
    const reply = await this.#ask('run', this.#callValue(fun, arg, kwarg, true), requestMs);
    return { jid: textAt(reply, 'jid'), tag: textAt(reply, 'tag') };
  }

  /** Calls a runner or a wheel and waits for it. Throws NO_SUCH_FUNCTION and BAD_ARGUMENT. */
  async call(kind: 'runner' | 'wheel', call: FunctionCall): Promise<FunctionResult> {
    const reply = await this.#ask(verbOf(kind), this.#functionValue(call, false), runMs);
    return {
      jid: textAt(reply, 'jid'),
      tag: textAt(reply, 'tag'),
      return: reply.get('return') ?? null,
      success: reply.get('success') === true,
    };
  }

  /** Starts a runner or a wheel and does not wait for it. */
  async start(
    kind: 'runner' | 'wheel',
    call: FunctionCall,
  ): Promise<{ readonly jid: string; readonly tag: string }> {
    const reply = await this.#ask(verbOf(kind), this.#functionValue(call, true), requestMs);
    return { jid: textAt(reply, 'jid'), tag: textAt(reply, 'tag') };
  }

  status(): Promise<ValueMap> {
    return this.#ask('status', new Map(), requestMs);
  }

  async close(): Promise<void> {
    await this.bus.close();
    await this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #call(verb: string, fun: string, arg: readonly Value[], kwarg: ValueMap): Promise<FunctionResult> {
    const reply = await this.#ask(verb, this.#callValue(fun, arg, kwarg, false), runMs);
    return {
      jid: textAt(reply, 'jid'),
      tag: textAt(reply, 'tag'),
      return: reply.get('return') ?? null,
      success: reply.get('success') === true,
    };
  }

  #callValue(fun: string, arg: readonly Value[], kwarg: ValueMap, detached: boolean): ValueMap {
    return mapOf({ fun, arg: [...arg], kwarg, user: this.#user, async: detached ? true : undefined });
  }

  #functionValue(call: FunctionCall, detached: boolean): ValueMap {
    return mapOf({
      fun: call.fun,
      arg: [...(call.arg ?? [])],
      kwarg: call.kwarg ?? new Map(),
      loose: call.loose,
      user: call.asker?.user ?? this.#user,
      source: call.asker?.source,
      emit: call.emit === undefined ? undefined : [...call.emit],
      async: detached ? true : undefined,
    });
  }

  #jobValue(request: JobRequest): ValueMap {
    return mapOf({
      tgt: request.tgt,
      tgt_type: request.tgtType ?? 'glob',
      fun: request.fun,
      arg: [...(request.arg ?? [])],
      kwarg: request.kwarg ?? new Map(),
      user: request.asker?.user ?? this.#user,
      source: request.asker?.source,
      within: request.within === undefined ? undefined : [...request.within],
      ret: request.ret,
      metadata: request.metadata,
    });
  }

  async #ask(verb: string, payload: Value, timeoutMs: number): Promise<ValueMap> {
    const reply = unpackValue(await this.#link.request(verb, packValue(payload), timeoutMs));
    return reply instanceof Map ? reply : new Map();
  }
}

function verbOf(kind: 'runner' | 'wheel'): string {
  return kind === 'runner' ? 'run' : 'wheel';
}

/** Connects to the master of a socket folder. Throws NOT_RUNNING when there is none. */
export async function connectMaster(options: ConnectMasterOptions): Promise<MasterClient> {
  const { clock } = options;
  const path = socketPath(options.sockDir, 'master');
  await probeSocket(path, 'master');
  const link = connectLink({ endpoint: `ipc://${path}`, clock });
  return new MasterClient(link, connectBus(link, { clock }), options.user ?? '');
}

function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
