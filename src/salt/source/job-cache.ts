import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packData, unpackValue } from '../../bus/index.ts';
import { getString, mapOf, tagify, type Value, type ValueMap } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { type StampForm, stampOf } from './stamps.ts';

/** A return as the master's job cache keeps it, made into the event that was missed. */
export interface CachedReturn {
  /** `<jid>/<minion>`, of runners and wheels `<jid>/`. */
  readonly key: string;
  readonly tag: string;
  readonly data: Uint8Array;
  readonly atMs: number;
}

/** Folders of minions that are looked at together. */
const together = 64;

/**
 * The files of Salt's `local_cache`: `jobs/<2 digits>/<rest of the hash of the jid>/`, there `.load.p` (the job)
 * and for each minion `<id>/return.p` and perhaps `out.p`. The layout is the same from 3006 to 3008.
 */
export class JobCache {
  readonly #root: string;
  readonly #hashType: string;
  readonly #masterId: string;

  constructor({ cacheDir, hashType, id }: Pick<SaltMaster, 'cacheDir' | 'hashType' | 'id'>) {
    this.#root = join(cacheDir, 'jobs');
    this.#hashType = hashType;
    this.#masterId = id;
  }

  /** Whether the master has taken a job of this id. */
  async has(jid: string): Promise<boolean> {
    const hash = createHash(this.#hashType).update(jid).digest('hex');
    return (await changedMs(join(this.#root, hash.slice(0, 2), hash.slice(2)))) !== undefined;
  }

  /** What was returned since then, oldest first, at most `max`. Throws when the folder cannot be read. */
  async returnsSince(sinceMs: number, max: number, form: StampForm): Promise<CachedReturn[]> {
    const folders: { folder: string; atMs: number }[] = [];
    for (const bucket of await readdir(this.#root)) {
      const inside = join(this.#root, bucket);
      const jobs = await readdir(inside).catch(() => []);
      for (const job of await changedSince(
        jobs.map((name) => join(inside, name)),
        sinceMs,
      )) {
        const names = await readdir(job.folder, { withFileTypes: true }).catch(() => []);
        const minions = names
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => join(job.folder, name));
        folders.push(...(await changedSince(minions, sinceMs)));
      }
    }
    folders.sort((a, b) => a.atMs - b.atMs);
    const found: CachedReturn[] = [];
    for (const { folder, atMs } of folders) {
      if (found.length >= max) break;
      const one = await this.#read(folder, atMs, form).catch(() => undefined);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  async #read(folder: string, atMs: number, form: StampForm): Promise<CachedReturn | undefined> {
    const minion = folder.slice(folder.lastIndexOf('/') + 1);
    const job = folder.slice(0, -minion.length - 1);
    const kept = unpackValue(await readFile(join(folder, 'return.p')));
    const load = unpackValue(await readFile(join(job, '.load.p')));
    const jid = getString(load, 'jid');
    if (!(kept instanceof Map) || !(load instanceof Map) || jid === undefined) return undefined;
    const out = await readFile(join(folder, 'out.p')).then(unpackValue, () => undefined);
    const marks = mapOf({ recovered: true, _stamp: stampOf(atMs, form) });
    const run = minion === this.#masterId ? runOf(kept) : undefined;
    if (run !== undefined)
      return { key: `${jid}/`, atMs, tag: run.tag, data: packData(new Map([...run.data, ...marks])) };
    const data = new Map([...returnOf(jid, minion, kept, load, out), ...marks]);
    return {
      key: `${jid}/${minion}`,
      atMs,
      tag: tagify('salt', 'job', jid, 'ret', minion),
      data: packData(data),
    };
  }
}

/** The return event of a minion, from what a job cache keeps of the return and of the job. */
export function returnOf(
  jid: string,
  minion: string,
  kept: ValueMap,
  load: ValueMap,
  out: Value | undefined,
): ValueMap {
  return mapOf({
    cmd: '_return',
    id: minion,
    success: kept.get('success') ?? true,
    return: kept.get('return') ?? null,
    retcode: kept.get('retcode') ?? 0,
    jid,
    fun: load.get('fun') ?? null,
    fun_args: load.get('fun_args') ?? load.get('arg') ?? [],
    user: load.get('user'),
    metadata: load.get('metadata'),
    out,
  });
}

/** The cache keeps what runners and wheels returned as returns of a minion with the master's id. */
export function runOf(kept: ValueMap): { tag: string; data: ValueMap } | undefined {
  const data = kept.get('return');
  const fun = getString(data, 'fun') ?? '';
  const kind = fun.startsWith('runner.') ? 'run' : fun.startsWith('wheel.') ? 'wheel' : undefined;
  if (kind === undefined || !(data instanceof Map)) return undefined;
  return { tag: tagify('salt', kind, getString(data, 'jid') ?? '', 'ret'), data };
}

async function changedSince(
  folders: readonly string[],
  sinceMs: number,
): Promise<{ folder: string; atMs: number }[]> {
  const found: { folder: string; atMs: number }[] = [];
  for (let from = 0; from < folders.length; from += together) {
    const some = folders.slice(from, from + together);
    const times = await Promise.all(some.map(changedMs));
    some.forEach((folder, i) => {
      const atMs = times[i];
      if (atMs !== undefined && atMs >= sinceMs) found.push({ folder, atMs });
    });
  }
  return found;
}

async function changedMs(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
