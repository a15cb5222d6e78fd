import type { Place, Problem } from '../../core/index.ts';
import { globsOverlap } from '../../match/index.ts';
import type { WatchedGlob } from '../files/yaml-source.ts';
import type { ActionTemplate } from '../native/action.ts';
import type { KnownFunctions, Rule } from '../types.ts';
import { unknownFunction } from './functions.ts';
import { oddGlob } from './tags.ts';

/** Warnings that need all rules at once: globs nothing will match, rules that trigger themselves. */
export function lintRules(
  rules: readonly Rule[],
  globs: readonly WatchedGlob[],
  known: KnownFunctions | undefined,
): Problem[] {
  const emitted = rules.flatMap((rule) =>
    rule.kind === 'native' ? rule.actions.flatMap((action) => action.emits ?? []) : [],
  );
  return [
    ...globs.flatMap((watched) => lintGlob(watched, emitted)),
    ...rules.flatMap((rule) =>
      rule.kind === 'native' ? rule.actions.flatMap((action) => lintAction(rule, action, known)) : [],
    ),
  ];
}

function lintGlob(watched: WatchedGlob, emitted: readonly string[]): Problem[] {
  const odd = oddGlob(watched.glob, emitted);
  if (odd === undefined) return [];
  const message = `no known event has a tag like ${watched.glob}`;
  const hint =
    odd.near === undefined ? '`brine event watch` shows the tags that pass' : `did you mean ${odd.near}?`;
  return [warning(watched, 'UNKNOWN_TAG', message, hint)];
}

function lintAction(rule: Rule, action: ActionTemplate, known: KnownFunctions | undefined): Problem[] {
  const problems: Problem[] = [];
  const said = unknownFunction(action.verb, action.fun, known);
  if (said !== undefined) problems.push(warning(action, 'UNKNOWN_FUNCTION', said.message, said.hint));
  const { emits } = action;
  const watched = emits === undefined ? undefined : rule.globs.find((glob) => globsOverlap(glob, emits));
  if (watched === undefined) return problems;
  const message = `rule ${rule.name} sends ${emits}, which its own ${watched} accepts`;
  const hint = 'send another tag, or make `if` false for it; the depth limit ends the loop otherwise';
  return [...problems, warning(action, 'SELF_TRIGGER', message, hint)];
}

function warning({ file, line, column }: Place, code: string, message: string, hint: string): Problem {
  return { code, severity: 'warning', message, file, line, column, hint };
}
