import { BrineError, type Clock, isBrineError, type Telemetry } from '../core/index.ts';
import { type Environment, type Key, keyBytesMax, type Table } from './environment.ts';
import { damaged, faultOf } from './fault.ts';

/** One thing to write; without `bytes` it is a thing to delete. */
export interface Change {
  readonly table: Table;
  readonly key: Key;
  readonly bytes?: Uint8Array;
}

/** What a store does around each transaction. */
export interface GroupHooks {
  /** Before the requests of a group are prepared; forgets what a failed group had prepared. */
  begin(): void;
  /** Whether what is prepared is enough for one transaction. */
  isFull(): boolean;
  /** Written with the group, whose requests' own changes are given. */
  extra(changes: readonly Change[]): readonly Change[];
  /** The group is durable; runs before its requests resolve. */
  committed(): void;
}

interface Request {
  readonly prepare: () => readonly Change[];
  readonly alone: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly requests: Request[];
  readonly changes: Change[];
}

const operationsMax = 20_000;
const noHooks: GroupHooks = {
  begin: () => undefined,
  isFull: () => false,
  extra: () => [],
  committed: () => undefined,
};

/**
 * Writes requests in call order, as many as wait in one transaction, one transaction at a time. So a failed
 * transaction has no successor that relied on it: its requests are refused and everything is as before.
 * After a failure that is not a full disk nobody knows what the disk holds: every later request is refused.
 */
export class Committer {
  readonly #environment: Environment;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #hooks: GroupHooks;
  #queue: Request[] = [];
  #running: Promise<void> | undefined;
  #stopped: BrineError | undefined;

  constructor(
    environment: Environment,
    ports: { readonly clock: Clock; readonly telemetry: Telemetry },
    hooks: GroupHooks = noHooks,
  ) {
    this.#environment = environment;
    this.#clock = ports.clock;
    this.#telemetry = ports.telemetry;
    this.#hooks = hooks;
  }

  /**
   * Resolves when what `prepare` returns is durable. `prepare` runs when the turn of this request comes and
   * may throw, which refuses only this request. With `alone` it gets a transaction of its own.
   */
  submit(prepare: () => readonly Change[], alone: boolean = false): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped);
      this.#queue.push({ prepare, alone, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Requests made before are still written; later ones are refused. */
  async close(): Promise<void> {
    await this.#running;
    this.#stopped ??= damaged(this.#environment.folder, 'it is closed');
  }

  async #run(): Promise<void> {
    // One turn of the event loop's microtasks lets callers of the same moment share the first transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(this.#nextGroup());
    this.#running = undefined;
  }

  #nextGroup(): Group {
    const group: Group = { requests: [], changes: [] };
    this.#hooks.begin();
    let taken = 0;
    for (const request of this.#queue) {
      if (group.requests.length > 0 && (request.alone || this.#isFull(group))) break;
      taken += 1;
      this.#prepare(request, group);
      if (request.alone) break;
    }
    this.#queue = this.#queue.slice(taken);
    for (const change of this.#hooks.extra(group.changes)) group.changes.push(change);
    return group;
  }

  #isFull(group: Group): boolean {
    return group.changes.length >= operationsMax || this.#hooks.isFull();
  }

  #prepare(request: Request, group: Group): void {
    try {
      const changes = request.prepare();
      for (const change of changes) checkKey(change.key);
      for (const change of changes) group.changes.push(change);
      group.requests.push(request);
    } catch (error) {
      request.reject(error instanceof TypeError ? error : faultOf(error, this.#environment.folder));
    }
  }

  async #commit(group: Group): Promise<void> {
    const beganMs = this.#clock.monotonicMs();
    try {
      if (this.#stopped !== undefined) throw this.#stopped;
      if (group.changes.length > 0) await writeAll(this.#environment.root, group.changes, this.#clock);
    } catch (error) {
      this.#refuse(group, faultOf(error, this.#environment.folder));
      return;
    }
    this.#hooks.committed();
    const tookMs = this.#clock.monotonicMs() - beganMs;
    const operations = group.changes.length;
    if (operations > 0) this.#telemetry.emit({ kind: 'journal.commit', operations, tookMs });
    for (const request of group.requests) request.resolve();
  }

  #refuse(group: Group, fault: BrineError): void {
    this.#telemetry.emit({ kind: 'journal.error', message: fault.message, code: fault.code });
    if (!isBrineError(fault, 'DISK_FULL')) this.#stopped = fault;
    for (const request of group.requests) request.reject(fault);
  }
}

/** Everything inside `batch` is one transaction; only its own promise is rejected when that fails. */
async function writeAll(root: Environment['root'], changes: readonly Change[], clock: Clock): Promise<void> {
  try {
    await root.batch(() => {
      for (const { table, key, bytes } of changes) {
        if (bytes === undefined) void table.remove(key);
        else void table.put(key, bytes);
      }
    });
  } catch (error) {
    throw await reasonOf(error, clock);
  }
}

/** lmdb-js rejects with a general error and tells the reason in another promise, a moment later. */
async function reasonOf(error: unknown, clock: Clock): Promise<unknown> {
  const commitError = (error as { commitError?: Promise<unknown> }).commitError;
  if (commitError === undefined) return error;
  return new Promise((resolve) => {
    const cancel = clock.after(1000, () => resolve(error));
    commitError.then(resolve, resolve).finally(cancel);
  });
}

function checkKey(key: Key): void {
  if (typeof key === 'number') return;
  if (typeof key === 'string') return checkPart(key);
  for (const part of key) if (typeof part === 'string') checkPart(part);
}

function checkPart(part: string): void {
  // Three bytes are the most that a unit of a string takes.
  const isLong = part.length * 3 > keyBytesMax / 2 && Buffer.byteLength(part) > keyBytesMax / 2;
  if (part === '' || isLong || part.includes('\0'))
    throw new BrineError('BAD_ARGUMENT', 'A journal key is empty, too long, or holds a NUL character.');
}
