import type { z } from 'zod';
import { didYouMean, type Problem } from '../core/index.ts';
import { apiNames } from './api.ts';
import { checkNames, hookNames, hooksAre } from './hooks.ts';
import { configKeys, configSchema, type RawConfig } from './keys.ts';
import { saltApiNames } from './salt-api.ts';
import type { ConfigSource } from './source.ts';
import { traceNames } from './trace.ts';

/** Checks a parsed file against the table of keys and reports everything that is wrong with it. */
export function validate(source: ConfigSource): { config: Partial<RawConfig>; problems: Problem[] } {
  if (source.value === null || source.value === undefined) return { config: {}, problems: [] };
  if (typeof source.value !== 'object' || Array.isArray(source.value)) {
    const message = 'A configuration file is a map of keys and values.';
    return {
      config: {},
      problems: [{ ...source.place([]), code: 'CONFIG_NOT_A_MAP', severity: 'error', message }],
    };
  }
  const result = configSchema.safeParse(source.value);
  if (result.success) return { config: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, source));
  return { config: {}, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function problemsOf(issue: z.core.$ZodIssue, source: ConfigSource): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key, source));
  if (isInHooks(issue.path)) return [hookProblem(issue.path, source)];
  const top = String(issue.path[0]) as keyof RawConfig;
  const name = issue.path.map(String).join('.');
  const message = `\`${name}\` is ${describe(valueAt(source.value, issue.path))}; \`${top}\` must be ${configKeys[top].what}.`;
  return [{ ...source.place(issue.path), code: 'CONFIG_BAD_VALUE', severity: 'error', message }];
}

function isInHooks([top, second]: readonly PropertyKey[]): boolean {
  return top === 'api' && second === 'hooks';
}

/** It shows no value and no line: secrets stand there. */
function hookProblem(path: readonly PropertyKey[], source: ConfigSource): Problem {
  const message = `\`${path.map(String).join('.')}\` is not possible: \`api.hooks\` must be ${hooksAre}.`;
  const { source: _line, ...place } = source.place(path);
  return { ...place, code: 'CONFIG_BAD_VALUE', severity: 'error', message };
}

/** The names that may stand where an unknown one does. */
function namesAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(configKeys);
  if (isInHooks(path)) return path.at(-1) === 'check' ? checkNames : hookNames;
  return membersOf[String(path[0])] ?? [];
}

/** The names within keys that are maps. */
const membersOf: Readonly<Record<string, readonly string[]>> = {
  api: apiNames,
  salt_api: saltApiNames,
  auto_accept: ['id', 'fingerprint'],
  trace: traceNames,
};

function unknownKey(path: readonly PropertyKey[], key: string, source: ConfigSource): Problem {
  const near = didYouMean(key, namesAt(path));
  const hint = near === undefined ? 'docs/configuration.md lists every key.' : `Did you mean \`${near}\`?`;
  const message = `\`${[...path.map(String), key].join('.')}\` is not a key of the configuration.`;
  const { source: line, ...place } = source.place([...path, key], true);
  return {
    ...place,
    ...(line === undefined || isInHooks(path) ? {} : { source: line }),
    code: 'CONFIG_UNKNOWN_KEY',
    severity: 'error',
    message,
    hint,
  };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null)?.[key], value);
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : String(value as number | boolean | bigint);
}
