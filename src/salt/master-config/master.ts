import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { masterSockets, minionSockets, type SaltSockets } from '../../bus/index.ts';
import { BrineError, textAt, type Value, type ValueMap } from '../../core/index.ts';
import { readSaltOptions, textsAt } from './read.ts';

/** What Brine needs to know of a Salt master to work beside it. */
export interface SaltMaster {
  /** A minion has an event bus as well, but no request server: only events and callers can be reactions there. */
  readonly role: 'master' | 'minion';
  /** Its configuration file. */
  readonly file: string;
  readonly id: string;
  /** The system user that it runs as. */
  readonly user: string;
  readonly sockDir: string;
  readonly sockets: SaltSockets;
  readonly cacheDir: string;
  readonly pkiDir: string;
  /** Where its request server listens, seen from its own host: `tcp://127.0.0.1:4506`. */
  readonly endpoint: string;
  readonly hashType: string;
  readonly fileRoots: Readonly<Record<string, readonly string[]>>;
  readonly nodegroups: Readonly<Record<string, string | readonly string[]>>;
  readonly timeoutS: number;
  /** Threads of its own reactor: how many requests Brine has under way at it. */
  readonly reactorThreads: number;
  /** Whether returns are kept in files below `cacheDir`, where they can be read again. */
  readonly keepsJobs: boolean;
  /** Every option that the files set; Salt's defaults are not among them. */
  readonly options: ValueMap;
}

const defaultSockDir = '/var/run/salt/master';
const defaultCacheDir = '/var/cache/salt/master';

/**
 * Reads a Salt master's configuration file with its includes; of a minion when the file is called so. Throws
 * BAD_CONFIG.
 */
export function readSaltMaster(path: string): SaltMaster {
  const file = resolve(path);
  return basename(file) === 'minion' ? readMinion(file) : readMaster(file);
}

function readMinion(file: string): SaltMaster {
  const options = readSaltOptions(file, 'minion.d/*.conf');
  refuseUnsupported(file, options);
  const text = (key: string, usual: string): string => textAt(options, key) || usual;
  const cache = text('cachedir', '/var/cache/salt/minion');
  const sockDir = sockDirOf(options, text('sock_dir', '/var/run/salt/minion'), cache);
  const id = text('id', idBeside(file) ?? hostname());
  const hashType = text('hash_type', 'sha256');
  return {
    role: 'minion',
    file,
    id,
    user: text('user', 'root'),
    sockDir,
    sockets: minionSockets(sockDir, id, hashType),
    cacheDir: below(options, cache),
    pkiDir: below(options, text('pki_dir', '/etc/salt/pki/minion')),
    // Never connected to.
    endpoint: 'tcp://127.0.0.1:4506',
    hashType,
    fileRoots: rootsOf(options.get('file_roots')),
    nodegroups: {},
    timeoutS: numberAt(options, 'timeout', 5),
    reactorThreads: numberAt(options, 'reactor_worker_threads', 10),
    keepsJobs: false,
    options,
  };
}

/** Where a minion that was not given an id keeps the one that it found for itself. */
function idBeside(file: string): string | undefined {
  try {
    return readFileSync(join(dirname(file), 'minion_id'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function readMaster(file: string): SaltMaster {
  const options = readSaltOptions(file, 'master.d/*.conf');
  refuseUnsupported(file, options);
  const text = (key: string, usual: string): string => textAt(options, key) || usual;
  const cacheDir = below(options, text('cachedir', defaultCacheDir));
  const sockDir = sockDirOf(options, text('sock_dir', defaultSockDir), text('cachedir', defaultCacheDir));
  return {
    role: 'master',
    file,
    id: text('id', `${hostname()}_master`),
    user: text('user', 'root'),
    sockDir,
    sockets: masterSockets(sockDir),
    cacheDir,
    pkiDir: below(options, text('pki_dir', '/etc/salt/pki/master')),
    endpoint: `tcp://${hostOf(text('interface', '0.0.0.0'))}:${text('ret_port', '4506')}`,
    hashType: text('hash_type', 'sha256'),
    fileRoots: rootsOf(options.get('file_roots')),
    nodegroups: groupsOf(options.get('nodegroups')),
    timeoutS: numberAt(options, 'timeout', 5),
    reactorThreads: numberAt(options, 'reactor_worker_threads', 10),
    keepsJobs:
      options.get('job_cache') !== false &&
      !options.get('ext_job_cache') &&
      text('master_job_cache', 'local_cache') === 'local_cache',
    options,
  };
}

function refuseUnsupported(file: string, options: ValueMap): void {
  for (const [key, fits] of unsupported)
    if (fits(options.get(key)))
      throw new BrineError(
        'BAD_CONFIG',
        `${file} sets ${key}: ${textAt(options, key)}, which Brine cannot work beside.`,
        { fields: { file, option: key } },
      );
}

type Unsupported = readonly [string, (value: Value | undefined) => boolean];

const unsupported: readonly Unsupported[] = [
  ['transport', (value) => value !== undefined && value !== 'zeromq'],
  ['ipc_mode', (value) => value === 'tcp'],
];

/** Salt moves a `sock_dir` that is much longer than `cachedir`, because a socket's address must be short. */
function sockDirOf(options: ValueMap, sockDir: string, cacheDir: string): string {
  return below(options, sockDir.length > cacheDir.length + 10 ? join(cacheDir, '.salt-unix') : sockDir);
}

/** A path as Salt puts it below its `root_dir`, where it stands already or not. */
function below(options: ValueMap, path: string): string {
  const root = resolve(textAt(options, 'root_dir') || '/');
  return path === root || path.startsWith(`${root.replace(/\/$/, '')}/`) ? path : join(root, path);
}

/** A master that listens on every address is reached over loopback. */
function hostOf(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

function rootsOf(value: Value | undefined): Record<string, string[]> {
  if (!(value instanceof Map)) return { base: ['/srv/salt'] };
  return Object.fromEntries(
    [...value.keys()]
      .filter((name) => typeof name === 'string')
      .map((name) => [name, textsAt(value, name) ?? []]),
  );
}

function groupsOf(value: Value | undefined): Record<string, string | string[]> {
  if (!(value instanceof Map)) return {};
  const groups: Record<string, string | string[]> = {};
  for (const [name, group] of value)
    if (typeof name === 'string')
      groups[name] = Array.isArray(group) ? group.map(String) : textAt(value, name);
  return groups;
}

function numberAt(options: ValueMap, key: string, usual: number): number {
  const value = options.get(key);
  return typeof value === 'number' && value > 0 ? value : usual;
}
