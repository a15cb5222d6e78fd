import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../../src/core/index.ts';
import { fnmatch } from '../../../src/match/index.ts';
import { loadRules, type RuleFiles, type RuleSet } from '../../../src/rules/index.ts';
import { defaults } from '../rules/memory-files.ts';

export const root: string = fileURLToPath(new URL('../../../', import.meta.url));

/** The files of this repository, for reading the shipped reactors as users have them. */
const disk: RuleFiles = {
  read(path) {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : null;
  },
  glob: (pattern) =>
    readdirSync(dirname(pattern))
      .map((name) => join(dirname(pattern), name))
      .filter((path) => fnmatch(path, pattern))
      .sort(),
  list: (folder) =>
    readdirSync(folder)
      .filter((name) => /\.(ya?ml|sls)$/.test(name))
      .map((name) => join(folder, name))
      .sort(),
  isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
};

export function loadShipped(path: string): { ruleSet: RuleSet; problems: readonly Problem[] } {
  return loadRules({ ...defaults, reactors: [join(root, 'reactors', path)] }, disk);
}
