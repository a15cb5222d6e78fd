import { type BrineError, type Clock, isBrineError, type Telemetry } from '../core/index.ts';
import type { Environment } from './environment.ts';
import { damaged, faultOf } from './fault.ts';
import { checkKey } from './keys.ts';
import { Pace } from './pace.ts';
import type { Change } from './table.ts';

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

/**
 * `alone`: in a transaction of its own. `late`: nobody waits for it, so it goes with the next transaction, which
 * comes soon or is made.
 */
export type Urgency = 'alone' | 'late';

interface Request {
  readonly prepare: () => readonly Change[];
  readonly urgency: Urgency | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly requests: Request[];
  readonly changes: Change[];
}

const operationsMax = 20_000;
/** How long a short commit may wait in the write-ahead file until LMDB takes it over. */
const takeoverMs = 100;
const retryMs = 1000;
/** How long a late request waits for company. */
const lateMs = 20;
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
 *
 * A short transaction that comes alone goes into the write-ahead file, which is done in half the time.
 */
export class Committer {
  readonly #environment: Environment;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #hooks: GroupHooks;
  #queue: Request[] = [];
  #running: Promise<void> | undefined;
  #stopped: BrineError | undefined;
  /** Requests in the queue that are not late, or late ones that waited long enough. */
  #urgent = false;
  #cancelLate: (() => void) | undefined;
  #takeoverDue = false;
  /** A takeover under way; it never rejects. */
  #takingOver: Promise<void> | undefined;
  #cancelTakeover: (() => void) | undefined;
  readonly #pace: Pace;
  #cancelPause: (() => void) | undefined;
  #closing = false;

  constructor(
    environment: Environment,
    ports: { readonly clock: Clock; readonly telemetry: Telemetry },
    hooks: GroupHooks = noHooks,
  ) {
    this.#environment = environment;
    this.#clock = ports.clock;
    this.#telemetry = ports.telemetry;
    this.#hooks = hooks;
    this.#pace = new Pace(ports.clock);
    if (environment.ahead.size > 0) this.#takeoverLater();
  }

  /**
   * Resolves when what `prepare` returns is durable. `prepare` runs when the turn of this request comes and
   * may throw, which refuses only this request.
   */
  submit(prepare: () => readonly Change[], urgency?: Urgency): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped);
      this.#queue.push({ prepare, urgency, resolve, reject });
      if (urgency === 'late') this.#cancelLate ??= this.#clock.after(lateMs, () => this.#hurry());
      else this.#hurry();
    });
  }

  #hurry(): void {
    this.#urgent = true;
    this.#wake();
  }

  #wake(): void {
    if (this.#cancelPause === undefined) this.#running ??= this.#run();
  }

  /** Requests made before are still written; later ones are refused. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#hurry();
    await this.#running;
    this.#cancelTakeover?.();
    await this.#takingOver;
    await this.#takeoverAll();
    this.#cancelTakeover?.();
    this.#stopped ??= damaged(this.#environment.folder, 'it is closed');
  }

  async #run(): Promise<void> {
    // One turn of the event loop's microtasks lets callers of the same moment share the first transaction.
    await Promise.resolve();
    while (this.#urgent || this.#takeoverDue) {
      if (this.#takeoverDue) this.#takeover();
      else if (this.#pauses()) break;
      else await this.#commit(this.#nextGroup());
    }
    this.#running = undefined;
  }

  /** Whether the next commit waits for company; then it is made later. */
  #pauses(): boolean {
    const pauseMs = this.#closing ? 0 : this.#pace.pauseMs();
    if (pauseMs <= 0) return false;
    this.#cancelPause = this.#clock.after(pauseMs, () => {
      this.#cancelPause = undefined;
      this.#wake();
    });
    return true;
  }

  #takeoverLater(delayMs: number = takeoverMs): void {
    this.#cancelTakeover ??= this.#clock.after(delayMs, () => {
      this.#cancelTakeover = undefined;
      this.#takeoverDue = true;
      this.#wake();
    });
  }

  /** Short commits go on meanwhile; others wait for it. */
  #takeover(): void {
    this.#takeoverDue = false;
    if (this.#stopped !== undefined || this.#takingOver !== undefined) return;
    const changes = this.#environment.ahead.leave();
    const work = changes === undefined ? this.#takeoverAll() : this.#writeLeaving(changes);
    this.#takingOver = work.finally(() => {
      this.#takingOver = undefined;
    });
  }

  async #writeLeaving(changes: readonly Change[]): Promise<void> {
    const { ahead, root, folder } = this.#environment;
    try {
      await writeAll(root, changes, this.#clock);
      ahead.left();
    } catch (error) {
      ahead.stays();
      this.#failed(faultOf(error, folder));
      this.#takeoverLater(retryMs);
    }
  }

  /** What the disk does not take stays where it is, durable, and is tried again with the next transaction. */
  async #takeoverAll(): Promise<void> {
    const { ahead, folder } = this.#environment;
    if (ahead.size === 0 || this.#stopped !== undefined) return;
    try {
      await this.#writeBehind([]);
    } catch (error) {
      this.#failed(faultOf(error, folder));
      this.#takeoverLater(retryMs);
    }
  }

  #nextGroup(): Group {
    const group: Group = { requests: [], changes: [] };
    this.#hooks.begin();
    let taken = 0;
    for (const request of this.#queue) {
      const isAlone = request.urgency === 'alone';
      if (group.requests.length > 0 && (isAlone || this.#isFull(group))) break;
      taken += 1;
      this.#prepare(request, group);
      if (isAlone) break;
    }
    this.#queue = this.#queue.slice(taken);
    this.#settleUrgency();
    for (const change of this.#hooks.extra(group.changes)) group.changes.push(change);
    return group;
  }

  #settleUrgency(): void {
    if (this.#queue.length > 0) return;
    this.#urgent = false;
    this.#cancelLate?.();
    this.#cancelLate = undefined;
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
      if (group.changes.length > 0) {
        const written = this.#queue.length === 0 ? this.#writeAhead(group) : false;
        if (!(typeof written === 'boolean' ? written : await written))
          await this.#writeThrough(group.changes);
        // Not before its changes are among those that leave.
        if (this.#environment.ahead.isFilling) this.#takeover();
      }
    } catch (error) {
      this.#refuse(group, faultOf(error, this.#environment.folder));
      return;
    }
    this.#committed(group, beganMs);
  }

  /** Into the write-ahead file. When that fails LMDB is there, and its error counts. */
  #writeAhead({ changes, requests }: Group): boolean | Promise<boolean> {
    const { ahead } = this.#environment;
    const failed = (): false => {
      ahead.pause();
      return false;
    };
    try {
      const beganMs = this.#clock.monotonicMs();
      const taken = ahead.take(changes);
      // A late request comes along with any other; it is no sign that many ask at once.
      const asking = requests.filter(({ urgency }) => urgency !== 'late').length;
      this.#pace.made(asking, beganMs);
      if (taken !== false) this.#takeoverLater();
      return typeof taken === 'boolean' ? taken : taken.catch(failed);
    } catch {
      return failed();
    }
  }

  /** Into LMDB, behind whatever is only in the write-ahead file. */
  async #writeThrough(changes: readonly Change[]): Promise<void> {
    await this.#takingOver;
    await this.#writeBehind(changes);
  }

  async #writeBehind(changes: readonly Change[]): Promise<void> {
    const { ahead, root } = this.#environment;
    await writeAll(root, [...ahead.takeover(), ...changes], this.#clock);
    ahead.takenOver();
  }

  #committed(group: Group, beganMs: number): void {
    this.#hooks.committed();
    const tookMs = this.#clock.monotonicMs() - beganMs;
    const operations = group.changes.length;
    if (operations > 0) this.#telemetry.emit({ kind: 'journal.commit', operations, tookMs });
    for (const request of group.requests) request.resolve();
  }

  #refuse(group: Group, fault: BrineError): void {
    this.#failed(fault);
    for (const request of group.requests) request.reject(fault);
  }

  #failed(fault: BrineError): void {
    this.#environment.ahead.pause();
    this.#telemetry.emit({ kind: 'journal.error', message: fault.message, code: fault.code });
    if (!isBrineError(fault, 'DISK_FULL')) this.#stopped = fault;
  }
}

/** Everything inside `batch` is one transaction; only its own promise is rejected when that fails. */
async function writeAll(root: Environment['root'], changes: readonly Change[], clock: Clock): Promise<void> {
  try {
    await root.batch(() => {
      for (const change of changes) change.table.write(change);
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
