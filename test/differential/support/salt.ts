import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toJson, type Value } from '../../../src/core/index.ts';

/** One release of each Salt line; `.ci/salt-envs` installs them. */
export const releases = ['3006.28', '3007.15', '3008.3'] as const;
export type Release = (typeof releases)[number];

/** What Salt's dispatcher asks of its clients for one chunk, or why it asks for nothing. */
export interface SaltCall {
  readonly call?: unknown;
  /** The function's parameters, where they decided which keys of the chunk are arguments. */
  readonly signature?: Signature | null;
  readonly refused?: string;
}

export interface Signature {
  readonly required: readonly string[];
  readonly defaults: readonly (readonly [string, unknown])[];
  /** Takes any other keyword. */
  readonly open: boolean;
}

/** What the driver answers; values carry their Python type, see `encoded` there. */
export interface Answer {
  readonly chunks?: readonly unknown[];
  /** One for each chunk. */
  readonly calls?: readonly SaltCall[];
  readonly printed?: string;
  readonly refused?: string;
  /** Python did not come to an end in its time: nothing to compare. */
  readonly slow?: true;
  /** Brine threw instead of answering. */
  readonly crashed?: string;
  readonly filters?: readonly string[];
  readonly tests?: readonly string[];
}

const home = process.env['BRINE_SALT_HOME'] ?? join(homedir(), '.cache', 'brine-salt');

function pythonOf(release: Release): string {
  return join(home, release, 'bin', 'python');
}

/** Why a release cannot be asked here; null when it can. */
export function missing(release: Release): string | null {
  return existsSync(pythonOf(release)) ? null : `salt ${release} is not installed: run .ci/salt-envs`;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A real Salt of one release, waiting for questions. */
export class Salt {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(release: Release) {
    const driver = new URL('../driver.py', import.meta.url).pathname;
    this.#process = spawn(pythonOf(release), [driver], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONWARNINGS: 'ignore', PYTHONIOENCODING: 'utf-8' },
    });
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      const answer = JSON.parse(line) as Answer & { id: number };
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the driver of salt ${release} ended with ${code}`));
    });
  }

  ask(request: Record<string, Value>): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const fields = new Map<Value, Value>([['id', id], ...Object.entries(request)]);
      this.#process.stdin?.write(`${toJson(fields)}\n`);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.stdin?.end();
    });
  }
}
