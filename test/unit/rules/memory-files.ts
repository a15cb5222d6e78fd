import { dirname, normalize } from 'node:path';
import { type Problem } from '../../../src/core/index.ts';
import { fnmatch } from '../../../src/match/index.ts';
import { loadRules, type RuleFiles, type RuleInput, type RuleSet } from '../../../src/rules/index.ts';

/** Files in memory; a text of null is a file that may not be read. */
export function memoryFiles(texts: Readonly<Record<string, string | null>>): RuleFiles {
  const paths = Object.keys(texts)
    .map((path) => normalize(path))
    .sort();
  return {
    read(path) {
      const text = texts[path];
      if (text === null) throw new Error('EACCES: permission denied');
      return text ?? null;
    },
    glob: (pattern) =>
      paths.filter((path) => fnmatch(path, pattern) && path.split('/').length === pattern.split('/').length),
    list: (folder) => paths.filter((path) => dirname(path) === folder && /\.(ya?ml|sls)$/.test(path)),
    isFolder: (path) => paths.some((each) => each.startsWith(`${path}/`)),
  };
}

export const defaults: RuleInput = {
  reactors: ['/r'],
  fileRoots: { base: ['/srv/salt'] },
  stepsMax: 100_000,
  bytesMax: 1_000_000,
  depthMax: 8,
};

/** Loads one reactor file, `/r/main.yaml`, with others beside it. */
export function load(
  main: string,
  others: Readonly<Record<string, string | null>> = {},
  input: Partial<RuleInput> = {},
): { ruleSet: RuleSet; problems: readonly Problem[] } {
  return loadRules({ ...defaults, ...input }, memoryFiles({ '/r/main.yaml': main, ...others }));
}

/** Loads what must have no problems. */
export function loadClean(
  main: string,
  others: Readonly<Record<string, string | null>> = {},
  input: Partial<RuleInput> = {},
): RuleSet {
  const { ruleSet, problems } = load(main, others, input);
  if (problems.length > 0) throw new Error(JSON.stringify(problems, null, 2));
  return ruleSet;
}
