import { readdirSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Clock,
  fromPlain,
  keyText,
  messageOf,
  systemCode,
  type Telemetry,
  toPlain,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { bind, type ParseArgument } from '../modules/bind.ts';
import { CommandFailed } from '../modules/errors.ts';
import type { Call } from '../modules/types.ts';
import { ModuleWorker, type WorkerDescription, type WorkerLimits } from './module-worker.ts';
import { type Shape, shapeOf } from './parameters.ts';

/** A function of the operator's, as the minion lists it. */
export interface OperatorFunction extends Shape {
  readonly doc: string;
}

interface OperatorModule {
  readonly url: string;
  /** What functions are called by: the file's name or the module's `virtualName`. */
  readonly name: string;
  worker: ModuleWorker;
}

/** What one reading of the folder gave. */
interface Loaded {
  readonly modules: Map<string, OperatorModule>;
  readonly functions: Map<string, { readonly module: OperatorModule; readonly found: OperatorFunction }>;
  /** File name without its ending → why it could not be loaded. */
  readonly problems: Map<string, string>;
}

export interface LibraryOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly limits: WorkerLimits;
  readonly parse: ParseArgument;
  grains(): ValueMap;
  /** Runs one of the minion's functions for a module, on behalf of a call. */
  callMinion(parent: Call, name: string, arg: readonly Value[], kwarg: ValueMap): Promise<Value>;
}

/** The operator's own modules: every `*.mjs` and `*.js` of one folder, each in a thread of its own. */
export class OperatorLibrary {
  readonly #options: LibraryOptions;
  readonly #calls = new Map<number, Call>();
  #loaded: Loaded = { modules: new Map(), functions: new Map(), problems: new Map() };
  #lastNumber = 0;
  #loading: Promise<readonly string[]> | undefined;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  names(): readonly string[] {
    return [...this.#loaded.functions.keys()];
  }

  find(name: string): OperatorFunction | undefined {
    return this.#loaded.functions.get(name)?.found;
  }

  /** Why the module that this function would be in could not be loaded. */
  problemOf(name: string): string | undefined {
    return this.#loaded.problems.get(name.split('.', 1)[0] ?? '');
  }

  /**
   * Reads the folder anew; every module starts from nothing. The old ones serve until the new ones are ready.
   * The names of those that loaded.
   */
  load(): Promise<readonly string[]> {
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async call(name: string, arg: readonly Value[], kwarg: ValueMap, call: Call): Promise<Value> {
    const entry = this.#loaded.functions.get(name);
    if (entry === undefined) throw new CommandFailed(`'${name}' is not available.`);
    const { module, found } = entry;
    const bound = bind(found.signature, arg, kwarg, this.#options.parse);
    const args = found.positional.map((parameter) => plainOrOmitted(bound.named.get(parameter)));
    const positional = new Set(found.positional);
    const keywords: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, value] of bound.named) if (!positional.has(key)) keywords[key] = toPlain(value);
    for (const [key, value] of bound.extra) keywords[keyText(key)] = toPlain(value);
    if (module.worker.stopped !== undefined) this.#restart(module);
    await module.worker.ready;
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#calls.set(number, call);
    try {
      const own = name.slice(name.indexOf('.') + 1);
      const given = [...args, ...bound.rest.map(toPlain)];
      return fromPlain(
        await module.worker.call(number, own, given, found.keywordObject ? keywords : null, call.signal),
      );
    } finally {
      this.#calls.delete(number);
    }
  }

  tellGrains(grains: ValueMap): void {
    for (const module of this.#loaded.modules.values()) module.worker.tellGrains(toPlain(grains));
  }

  async close(): Promise<void> {
    await closeAll(this.#loaded, 'the minion ends');
  }

  async #loadAll(): Promise<readonly string[]> {
    const loaded: Loaded = { modules: new Map(), functions: new Map(), problems: new Map() };
    const attempts = this.#files().map((file) => {
      const url = pathToFileURL(join(this.#options.folder, file)).href;
      return { file, url, worker: this.#start(url) };
    });
    // In the order of their names, so that of two modules with one name the same one wins every time.
    for (const attempt of attempts) {
      try {
        register(loaded, attempt, await attempt.worker.ready);
      } catch (error) {
        await attempt.worker.close('it could not be loaded');
        loaded.problems.set(parse(attempt.file).name, messageOf(error));
        const { telemetry } = this.#options;
        telemetry.emit({ kind: 'module.problem', module: attempt.file, message: messageOf(error) });
      }
    }
    const before = this.#loaded;
    this.#loaded = loaded;
    await closeAll(before, 'the modules were loaded anew');
    return [...loaded.modules.keys()].sort();
  }

  #restart(module: OperatorModule): void {
    const reason = module.worker.stopped ?? '';
    this.#options.telemetry.emit({
      kind: 'module.problem',
      module: module.name,
      message: `started again because ${reason}`,
    });
    module.worker = this.#start(module.url);
  }

  #start(url: string): ModuleWorker {
    const { clock, limits } = this.#options;
    const input = { url, grains: toPlain(this.#options.grains()) };
    return new ModuleWorker(input, {
      clock,
      limits,
      crossCall: async (parent, name, args, keywords) => {
        const call = this.#calls.get(parent);
        if (call === undefined) throw new CommandFailed(`${name}: the call that asked for it is over`);
        const kwarg = fromPlain(keywords);
        const arg = args.map(fromPlain);
        return toPlain(
          await this.#options.callMinion(call, name, arg, kwarg instanceof Map ? kwarg : new Map()),
        );
      },
    });
  }

  #files(): string[] {
    const { folder, telemetry } = this.#options;
    try {
      const mode = statSync(folder).mode;
      if ((mode & 0o022) !== 0) {
        const message = `${folder} can be written by others, and its modules run as this minion.`;
        telemetry.emit({ kind: 'insecure', setting: 'minion.modules_dir', message });
      }
      return readdirSync(folder)
        .filter((file) => /^[A-Za-z_]\w*\.m?js$/.test(file))
        .sort();
    } catch (error) {
      if (systemCode(error) !== 'ENOENT')
        telemetry.emit({ kind: 'module.problem', module: folder, message: messageOf(error) });
      return [];
    }
  }
}

interface Attempt {
  readonly file: string;
  readonly url: string;
  readonly worker: ModuleWorker;
}

function register(loaded: Loaded, { file, url, worker }: Attempt, description: WorkerDescription): void {
  const name = description.virtualName ?? parse(file).name;
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new CommandFailed(`its virtualName '${name}' is not a module name`);
  if (loaded.modules.has(name))
    throw new CommandFailed(`another file of the folder is already called ${name}`);
  const module: OperatorModule = { url, name, worker };
  loaded.modules.set(name, module);
  for (const { name: own, source, doc } of description.functions)
    loaded.functions.set(`${name}.${own}`, { module, found: { ...shapeOf(source), doc } });
}

async function closeAll({ modules }: Loaded, reason: string): Promise<void> {
  await Promise.all([...modules.values()].map((module) => module.worker.close(reason)));
}

function plainOrOmitted(value: Value | undefined): unknown {
  return value === undefined ? undefined : toPlain(value);
}
