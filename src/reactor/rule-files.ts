import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { systemCode } from '../core/index.ts';
import { fnmatch } from '../match/index.ts';
import type { RuleFiles } from '../rules/index.ts';

const reactorFile = /\.(ya?ml|sls)$/;
const wildcard = /[*?[]/;

/** Rule files on the disk. */
export const diskRuleFiles: RuleFiles = { read, glob, list, isFolder };

function read(path: string): string | null {
  return orNull(() => readFileSync(path, 'utf8'));
}

function isFolder(path: string): boolean {
  return orNull(() => statSync(path).isDirectory()) ?? false;
}

function list(folder: string): string[] {
  const names = orNull(() => readdirSync(folder)) ?? [];
  return names
    .filter((name) => reactorFile.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => resolve(folder, name))
    .filter((path) => !isFolder(path));
}

/** As Python's `glob.glob`: a wildcard stays within its folder and leaves out hidden names; sorted. */
function glob(pattern: string): string[] {
  let found = [isAbsolute(pattern) ? '/' : ''];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    found = found.flatMap((folder) =>
      wildcard.test(part) ? childrenOf(folder, part) : [join(folder, part)],
    );
  }
  return found.filter((path) => orNull(() => statSync(path)) !== null).sort();
}

function childrenOf(folder: string, part: string): string[] {
  const names = orNull(() => readdirSync(folder === '' ? '.' : folder)) ?? [];
  return names
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && fnmatch(name, part))
    .map((name) => join(folder, name));
}

/** null when there is no such file; other failures are the caller's to report. */
function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
