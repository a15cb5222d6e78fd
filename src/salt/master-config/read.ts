import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import {
  BrineError,
  formatProblem,
  messageOf,
  systemCode,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { fnmatch } from '../../match/index.ts';
import { loadYaml } from '../../render/index.ts';

/**
 * The options of a Salt daemon's configuration file with its includes, put together as Salt does: the files of
 * `default_include`, then those of `include`, each in sorted order; what several included files say is merged,
 * and what they say together replaces the main file's. Throws BAD_CONFIG.
 */
export function readSaltOptions(file: string, defaultInclude: string): ValueMap {
  const options = readFile(file);
  const seen = new Set([file]);
  for (const patterns of [
    textsAt(options, 'default_include') ?? [defaultInclude],
    textsAt(options, 'include') ?? [],
  ])
    for (const [key, value] of included(patterns, file, seen)) options.set(key, value);
  return options;
}

function included(patterns: readonly string[], from: string, seen: Set<string>): ValueMap {
  const merged: ValueMap = new Map();
  for (const pattern of patterns) {
    for (const file of filesOf(pattern, from)) {
      if (seen.has(file)) continue;
      seen.add(file);
      const options = readFile(file);
      for (const [key, value] of included(textsAt(options, 'include') ?? [], file, seen))
        options.set(key, value);
      mergeInto(merged, options);
    }
  }
  return merged;
}

/** Maps are merged, lists joined without repeating anything, everything else is replaced. */
function mergeInto(into: ValueMap, from: ValueMap): void {
  for (const [key, value] of from) {
    const there = into.get(key);
    if (there instanceof Map && value instanceof Map) mergeInto(there, value);
    else if (Array.isArray(there) && Array.isArray(value))
      into.set(key, [...there, ...value.filter((item) => !there.includes(item))]);
    else into.set(key, value);
  }
}

function readFile(file: string): ValueMap {
  const loaded = loadYaml({ file, text: readText(file) });
  if (!loaded.ok) throw badConfig(loaded.problems.map(formatProblem).join('\n'), file);
  if (loaded.value === null) return new Map();
  if (loaded.value instanceof Map) return loaded.value;
  throw badConfig(`${file} is no Salt configuration: it is not a map of options.`, file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const hint = systemCode(error) === 'EACCES' ? ' Run Brine as the user that the master runs as.' : '';
    throw badConfig(`The Salt configuration cannot be read: ${messageOf(error)}.${hint}`, file);
  }
}

function badConfig(message: string, file: string): BrineError {
  return new BrineError('BAD_CONFIG', message, { fields: { file } });
}

/** The files that a pattern means, sorted; wildcards may stand in every part of it. */
function filesOf(pattern: string, from: string): string[] {
  const home = pattern.startsWith('~/') ? join(homedir(), pattern.slice(2)) : pattern;
  const path = isAbsolute(home) ? home : join(dirname(from), home);
  let found = ['/'];
  for (const part of path.split('/').filter((word) => word !== ''))
    found = found.flatMap((folder) => (/[*?[]/.test(part) ? matching(folder, part) : [join(folder, part)]));
  return found.filter(isFile).sort();
}

function matching(folder: string, part: string): string[] {
  return orNone(() => readdirSync(folder))
    .filter((name) => fnmatch(name, part) && (part.startsWith('.') || !name.startsWith('.')))
    .map((name) => join(folder, name));
}

function isFile(path: string): boolean {
  return orNone(() => readdirSync(dirname(path), { withFileTypes: true })).some(
    (entry) => join(dirname(path), entry.name) === path && !entry.isDirectory(),
  );
}

function orNone<T>(list: () => T[]): T[] {
  try {
    return list();
  } catch {
    return [];
  }
}

/** A text or a list of texts. */
export function textsAt(options: ValueMap, key: string): string[] | undefined {
  const value: Value | undefined = options.get(key);
  if (value === undefined || value === null) return undefined;
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}
