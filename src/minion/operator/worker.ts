// Runs in a worker thread of its own and knows nothing of the minion: types are all that it imports.
import { AsyncLocalStorage } from 'node:async_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import type { ExportedFunction, FromWorker, ToWorker, WorkerInput } from './protocol.ts';

type Callable = (...args: unknown[]) => unknown;

const input = workerData as WorkerInput;
const currentCall = new AsyncLocalStorage<number>();
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
const functions = new Map<string, Callable>();
let lastNumber = 0;

class Keywords {
  readonly values: Record<string, unknown>;
  constructor(values: Record<string, unknown>) {
    this.values = values;
  }
}

function say(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function callMinion(name: string, given: unknown[]): Promise<unknown> {
  const last = given.at(-1);
  const keywords = last instanceof Keywords ? last.values : {};
  const args = last instanceof Keywords ? given.slice(0, -1) : given;
  lastNumber += 1;
  const number = lastNumber;
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    say({ kind: 'salt', number, parent: currentCall.getStore() ?? 0, name, args, keywords });
  });
}

/** `salt['event.send'](tag, data)` and `salt.event.send(tag, data)`; `salt.kwargs({…})` as the last argument. */
const salt: unknown = new Proxy(Object.freeze({}), {
  get: (_target, key) => {
    if (typeof key !== 'string' || key === 'then') return undefined;
    if (key === 'kwargs') return (values: Record<string, unknown>) => new Keywords(values);
    if (key.includes('.')) return (...args: unknown[]) => callMinion(key, args);
    return new Proxy(Object.freeze({}), {
      get: (_module, name) =>
        typeof name === 'string' && name !== 'then'
          ? (...args: unknown[]) => callMinion(`${key}.${name}`, args)
          : undefined,
    });
  },
});

Object.defineProperty(globalThis, 'salt', { value: salt });
Object.defineProperty(globalThis, 'grains', { value: input.grains, writable: true });

function answer(message: ToWorker): void {
  switch (message.kind) {
    case 'ping':
      say({ kind: 'pong', number: message.number });
      break;
    case 'grains':
      Reflect.set(globalThis, 'grains', message.grains);
      break;
    case 'answer': {
      const waiter = waiting.get(message.number);
      waiting.delete(message.number);
      if (message.ok) waiter?.resolve(message.value);
      else waiter?.reject(new Error(String(message.value)));
      break;
    }
    case 'call':
      void currentCall.run(message.number, () => run(message));
  }
}

async function run(message: ToWorker & { kind: 'call' }): Promise<void> {
  const { number, name, args, keywords } = message;
  try {
    const call = functions.get(name);
    if (call === undefined) throw new Error(`the module no longer has ${name}`);
    const value = await call(...args, ...(keywords === null ? [] : [keywords]));
    say({ kind: 'done', number, value });
  } catch (error) {
    say({ kind: 'failed', number, message: textOf(error), retcode: retcodeOf(error) });
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Frames of Node's and of this file would only hide the operator's own.
  const frames = (error.stack ?? '').split('\n').filter((line) => line.includes(input.url));
  return [`${error.name}: ${error.message}`, ...frames].join('\n');
}

function retcodeOf(error: unknown): number {
  const code = (error as { retcode?: unknown } | null)?.retcode;
  return typeof code === 'number' && Number.isInteger(code) && code !== 0 ? code : 1;
}

function exported(module: Record<string, unknown>): ExportedFunction[] {
  const docs = (module['docs'] ?? {}) as Record<string, unknown>;
  const list: ExportedFunction[] = [];
  for (const [name, value] of Object.entries(module)) {
    if (typeof value !== 'function' || name === 'default' || name.startsWith('_')) continue;
    const source = Function.prototype.toString.call(value);
    if (source.startsWith('class')) continue;
    functions.set(name, value as Callable);
    const doc = docs[name];
    list.push({ name: name.replace(/_$/, ''), source, doc: typeof doc === 'string' ? doc : '' });
    // A trailing underscore frees names that the language keeps for itself (`delete_`), as Salt does.
    functions.set(name.replace(/_$/, ''), value as Callable);
  }
  return list;
}

async function load(): Promise<void> {
  const module = (await import(input.url)) as Record<string, unknown>;
  const virtual = module['virtualName'];
  say({
    kind: 'ready',
    virtualName: typeof virtual === 'string' ? virtual : null,
    functions: exported(module),
  });
}

parentPort?.on('message', answer);
load().catch((error: unknown) => say({ kind: 'broken', message: textOf(error) }));
