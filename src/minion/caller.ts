import { existsSync } from 'node:fs';
import { connectBus, connectLink, type EventBus, type LinkClient, socketPath } from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import {
  BrineError,
  checkTag,
  type JobLoad,
  type JobReturn,
  mapOf,
  messageOf,
  unaskedLoad,
  type Value,
  type ValueMap,
} from '../core/index.ts';
import type { MinionDeps } from './deps.ts';
import { type CallParts, execute } from './execute/execute.ts';
import { Functions, NotAvailable } from './execute/functions.ts';
import { grainSource } from './grains/collect.ts';
import { forwardTag } from './local-bus.ts';
import { InvalidArguments } from './modules/errors.ts';
import type { EventSink, RunningJobs } from './modules/types.ts';
import { workerLimits } from './operator/module-worker.ts';
import { remoteJobs } from './serve-jobs.ts';

/** Runs a minion's functions in this process, as `salt-call` does. */
export interface Caller {
  /** Never rejects: what goes wrong is in the return, with its code. */
  call(fun: string, arg: readonly Value[], kwarg: ValueMap): Promise<JobReturn>;
  /**
   * What the function returns, whatever its return code. Throws NO_SUCH_FUNCTION, BAD_ARGUMENT, or the function's own
   * failure. `signal` ends it, with the processes that it started.
   */
  ask(fun: string, arg: readonly Value[], kwarg: ValueMap, signal: AbortSignal): Promise<Value>;
  close(): Promise<void>;
}

/** How long the running minion may take to confirm an event. */
const publishMs = 5000;

export function createCaller(settings: Settings, deps: MinionDeps): Caller {
  return new ProcessCaller(settings, deps);
}

class ProcessCaller implements Caller {
  readonly #settings: Settings;
  readonly #deps: MinionDeps;
  readonly #abort = new AbortController();
  #functions: Functions | undefined;
  #loaded: Promise<unknown> | undefined;
  #bus: MinionBus | undefined;

  constructor(settings: Settings, deps: MinionDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  async call(fun: string, arg: readonly Value[], kwarg: ValueMap): Promise<JobReturn> {
    const { functions, load, parts } = await this.#prepare(fun, arg, kwarg, this.#abort.signal);
    return execute(functions, load, parts, publicationOf(load));
  }

  async ask(fun: string, arg: readonly Value[], kwarg: ValueMap, signal: AbortSignal): Promise<Value> {
    const either = AbortSignal.any([this.#abort.signal, signal]);
    const { functions, load, parts } = await this.#prepare(fun, arg, kwarg, either);
    const publication = publicationOf(load);
    const call = { ...parts, job: load, publishedJid: null, publication, setRetcode: () => undefined };
    try {
      return await functions.call(fun, arg, kwarg, call);
    } catch (cause) {
      if (cause instanceof NotAvailable) throw new BrineError('NO_SUCH_FUNCTION', cause.message, { cause });
      if (cause instanceof InvalidArguments) throw new BrineError('BAD_ARGUMENT', cause.message, { cause });
      throw cause;
    }
  }

  async #prepare(
    fun: string,
    arg: readonly Value[],
    kwarg: ValueMap,
    signal: AbortSignal,
  ): Promise<{ functions: Functions; load: JobLoad; parts: CallParts }> {
    const { clock, ids, telemetry, parseArgument = (text: string): Value => text } = this.#deps;
    const { minion } = this.#settings;
    const grains = grainSource(minion, (now) => this.#functions?.tellGrains(now));
    this.#functions ??= new Functions({
      folder: minion.modulesDir,
      clock,
      telemetry,
      limits: workerLimits,
      parse: parseArgument,
      grains: () => grains.get(),
    });
    this.#loaded ??= this.#functions.reload();
    await this.#loaded;
    this.#bus ??= new MinionBus(this.#settings, this.#deps);
    const load = unaskedLoad(minion.id, { jid: ids.jid(), fun, arg, kwarg });
    const parts = {
      settings: minion,
      clock,
      ids,
      grains,
      events: this.#bus,
      running: this.#bus.jobs,
      functions: this.#functions,
      signal,
      setProcess: () => undefined,
    };
    return { functions: this.#functions, load, parts };
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#functions?.close();
    await this.#bus?.close();
  }
}

function publicationOf(load: JobLoad): ValueMap {
  return mapOf({
    __pub_fun: load.fun,
    __pub_jid: load.jid,
    __pub_pid: process.pid,
    __pub_tgt: 'salt-call',
  });
}

/** The bus of the minion that runs on this host: its own events, and the way to the master. */
class MinionBus implements EventSink {
  readonly #settings: Settings;
  readonly #deps: MinionDeps;
  /** Jobs belong to the running minion; where none runs there are none. */
  readonly jobs: RunningJobs;
  #open: { link: LinkClient; bus: EventBus } | undefined;

  constructor(settings: Settings, deps: MinionDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.jobs = remoteJobs(() => this.#connect()?.link ?? null, publishMs);
  }

  async fire(tag: string, data: ValueMap): Promise<void> {
    const open = this.#connect();
    if (open === null)
      throw new BrineError(
        'NOT_RUNNING',
        `The minion ${this.#settings.minion.id} does not run on this host.`,
      );
    const { refused } = await open.bus.publish([{ tag, data: new Map(data) }]);
    const [first] = refused;
    if (first !== undefined)
      throw new BrineError('BAD_EVENT', first.message, { fields: { code: first.code } });
  }

  async send(tag: string, data: Value, jid: string | null): Promise<boolean> {
    checkTag(tag);
    try {
      const event = mapOf({ data, tag, events: null, pretag: null, jid: jid ?? undefined });
      await this.fire(forwardTag, event);
      return true;
    } catch (error) {
      const message = `The event ${tag} was not sent: no minion confirmed it (${messageOf(error)}).`;
      this.#deps.telemetry.emit({ kind: 'unexpected', where: 'event.send', message });
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#open?.bus.close();
    await this.#open?.link.close();
  }

  #connect(): { link: LinkClient; bus: EventBus } | null {
    if (this.#open !== undefined) return this.#open;
    const path = socketPath(this.#settings.sockDir, { minion: this.#settings.minion.id });
    if (!existsSync(path)) return null;
    const { clock } = this.#deps;
    const link = connectLink({ endpoint: `ipc://${path}`, clock });
    this.#open = { link, bus: connectBus(link, { clock, timeoutMs: publishMs }) };
    return this.#open;
  }
}
