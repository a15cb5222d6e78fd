import { isAbsolute, resolve } from 'node:path';
import type { Settings } from '../config/index.ts';
import { type Event, type Problem, type ValueMap } from '../core/index.ts';
import { collectGrains } from '../minion/index.ts';
import { diskRuleFiles, ruleInput } from '../reactor/index.ts';
import {
  type KnownFunctions,
  loadRules,
  type RuleFiles,
  type RuleSet,
  type SaltRelease,
} from '../rules/index.ts';

export interface LoadedRules {
  readonly ruleSet: RuleSet;
  readonly problems: readonly Problem[];
}

/** The rules of the configuration, or of the files named instead. */
export function loadReactors(
  settings: Settings,
  options: { readonly files?: readonly string[]; readonly known?: KnownFunctions } = {},
): LoadedRules {
  const reactors = options.files ?? settings.reactor.reactors;
  const input = { ...ruleInput(settings, collectGrains(settings.minion)), reactors };
  return loadRules(
    options.known === undefined ? input : { ...input, knownFunctions: options.known },
    diskRuleFiles,
  );
}

/** One SLS file as if every tag led to it. */
export function loadSls(
  settings: Settings,
  reference: string,
  cwd: string,
  release?: SaltRelease,
): LoadedRules {
  const named = reference.includes('://') || isAbsolute(reference) ? reference : resolve(cwd, reference);
  const map = resolve(cwd, '<command line>');
  const files: RuleFiles = {
    ...diskRuleFiles,
    read: (path) =>
      path === map ? JSON.stringify({ reactor: [{ '*': [named] }] }) : diskRuleFiles.read(path),
    // The name is one file, not a pattern.
    glob: (pattern) => (pattern === named ? [named] : diskRuleFiles.glob(pattern)),
  };
  const input = { ...ruleInput(settings, collectGrains(settings.minion)), reactors: [map] };
  return loadRules(release === undefined ? input : { ...input, saltCompat: release }, files);
}

/** An event that was never on a bus. */
export function eventFrom(tag: string, data: ValueMap): Event {
  return { id: 'example-1', seq: 1, atMs: 0, tag, data, head: {} };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
