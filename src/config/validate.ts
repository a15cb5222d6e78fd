import type { z } from 'zod';
import { didYouMean, type Problem } from '../core/index.ts';
import { apiNames } from './api.ts';
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
  const top = String(issue.path[0]) as keyof RawConfig;
  const name = issue.path.map(String).join('.');
  const message = `\`${name}\` is ${describe(valueAt(source.value, issue.path))}; \`${top}\` must be ${configKeys[top].what}.`;
  return [{ ...source.place(issue.path), code: 'CONFIG_BAD_VALUE', severity: 'error', message }];
}

/** The names within keys that are maps. */
const membersOf: Readonly<Record<string, readonly string[]>> = {
  api: apiNames,
  salt_api: saltApiNames,
  auto_accept: ['id', 'fingerprint'],
  trace: traceNames,
};

function unknownKey(path: readonly PropertyKey[], key: string, source: ConfigSource): Problem {
  const known = path.length === 0 ? Object.keys(configKeys) : (membersOf[String(path[0])] ?? []);
  const near = didYouMean(key, known);
  const hint = near === undefined ? 'docs/configuration.md lists every key.' : `Did you mean \`${near}\`?`;
  const message = `\`${[...path.map(String), key].join('.')}\` is not a key of the configuration.`;
  return {
    ...source.place([...path, key], true),
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
