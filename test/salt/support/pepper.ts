import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const home = process.env['BRINE_SALT_HOME'] ?? join(homedir(), '.cache', 'brine-salt');
const program = join(home, 'pepper', 'bin', 'pepper');

/** Why pepper cannot be run here; null when it can. */
export function missingPepper(): string | null {
  return existsSync(program) ? null : 'salt-pepper is not installed: run .ci/salt-envs pepper';
}

export interface Peppered {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed, as JSON; undefined when that is none. */
  readonly json: unknown;
}

/** Runs pepper as an operator does, with its settings in the environment and a home of its own. */
export async function pepper(
  args: readonly string[],
  options: {
    readonly url: string;
    readonly user: string;
    readonly password: string;
    readonly folder: string;
  },
): Promise<Peppered> {
  const { url, user, password, folder } = options;
  const child = spawn(program, ['--non-interactive', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      SALTAPI_URL: url,
      SALTAPI_USER: user,
      SALTAPI_PASS: password,
      SALTAPI_EAUTH: 'pam',
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr, json: jsonOf(stdout) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
