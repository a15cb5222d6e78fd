import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { BrineError, messageOf, systemCode } from '../../core/index.ts';

const lockAgeMsMax = 10_000;
const lockAttemptsMax = 200;
const lockPauseMs = 25;

/**
 * A small file of named records (mode 0600 in a 0700 folder) that the command line writes and the server
 * reads again whenever it has changed. Writing replaces the file in one step.
 */
export class RecordFile<T> {
  readonly #path: string;
  readonly #check: (raw: unknown, name: string) => T;
  #seen = '';
  #records: ReadonlyMap<string, T> = new Map();

  constructor(path: string, check: (raw: unknown, name: string) => T) {
    this.#path = path;
    this.#check = check;
  }

  /** What is in the file now. Throws BAD_CONFIG when it cannot be read. */
  read(): ReadonlyMap<string, T> {
    const stamp = stampOf(this.#path);
    if (stamp === this.#seen) return this.#records;
    this.#records = stamp === '' ? new Map() : this.#parse();
    this.#seen = stamp;
    return this.#records;
  }

  /** Changes the records, alone among processes. What `change` throws leaves the file as it is. */
  async change(change: (records: Map<string, T>) => void): Promise<void> {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const lock = `${this.#path}.lock`;
    await takeLock(lock);
    try {
      this.#seen = 'again';
      const records = new Map(this.read());
      change(records);
      const text = `${JSON.stringify({ version: 1, records: Object.fromEntries(records) }, null, 1)}\n`;
      replace(this.#path, text);
    } finally {
      rmSync(lock, { force: true });
    }
  }

  #parse(): Map<string, T> {
    try {
      const raw = JSON.parse(readFileSync(this.#path, 'utf8')) as { records?: unknown };
      const records = Object.entries((raw.records ?? {}) as Record<string, unknown>);
      return new Map(records.map(([name, record]) => [name, this.#check(record, name)]));
    } catch (cause) {
      throw new BrineError('BAD_CONFIG', `${this.#path} cannot be read: ${messageOf(cause)}`, { cause });
    }
  }
}

/** What tells one state of a file from another; empty when there is no file. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function replace(path: string, text: string): void {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, path);
}

/** A writer that died leaves its lock behind; a change takes milliseconds, so an old lock is nobody's. */
async function takeLock(path: string): Promise<void> {
  for (let attempt = 0; attempt < lockAttemptsMax; attempt += 1) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const age = ageMs(path);
    if (age !== null && age > lockAgeMsMax) rmSync(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
  }
  throw new BrineError('TIMEOUT', `${path} is held by another process.`);
}

function ageMs(path: string): number | null {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return null;
  }
}
