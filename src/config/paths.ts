import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a unix socket's address may have, in bytes, on Linux (107 and a NUL) and less on other systems. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;
/** `/minion-<10 hex digits>.ipc`: the longest name of a socket in the folder. */
const socketNameBytesMax = 22;

/** Where state is kept when nobody says: no root and no file needed. */
export function defaultDataDir(env: Environment): string {
  const state = env['XDG_STATE_HOME'];
  if (state !== undefined && isAbsolute(state)) return join(state, 'brine');
  return join(env['HOME'] || homedir(), '.local', 'state', 'brine');
}

/**
 * The folder of the unix sockets: `run` in the data folder. A unix socket's address is short, so a deep data
 * folder gets a folder elsewhere, named after itself and the user so that two never meet.
 */
export function defaultSockDir(dataDir: string, env: Environment): string {
  const inside = join(dataDir, 'run');
  if (Buffer.byteLength(inside) + socketNameBytesMax <= socketPathBytesMax) return inside;
  const uid = process.getuid?.() ?? 0;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const base = env['XDG_RUNTIME_DIR'] || env['TMPDIR'] || tmpdir();
  const fits = (folder: string): boolean =>
    Buffer.byteLength(folder) + socketNameBytesMax <= socketPathBytesMax;
  const candidates = [base, tmpdir(), '/tmp'].map((folder) => join(folder, `brine-${uid}-${name}`));
  return candidates.find(fits) ?? inside;
}

/** `reactors/` of the working folder when there is one, else the ones that come with the package. */
export function defaultReactors(cwd: string): string {
  const here = join(cwd, 'reactors');
  return existsSync(here) ? here : join(packageFolder(), 'reactors');
}

/** `modules/` of the working folder when there is one, else the data folder's. */
export function defaultModulesDir(cwd: string, dataDir: string): string {
  const here = join(cwd, 'modules');
  return existsSync(here) ? here : join(dataDir, 'modules');
}

/** Paths of a file are relative to that file; `~/` is the user's home. */
export function resolvePath(path: string, base: string, env: Environment): string {
  if (path === '~' || path.startsWith('~/')) return join(env['HOME'] || homedir(), path.slice(1));
  return resolve(base, path);
}

function packageFolder(): string {
  return dirname(dirname(dirname(fileURLToPath(import.meta.url))));
}
