import { z } from 'zod';
import { apiKey, type RawApi } from './api.ts';
import { type RawSaltApi, saltApiKey } from './salt-api.ts';
import { type RawTrace, traceKey } from './trace.ts';

/** What a configuration file may hold; every key is optional. docs/configuration.md explains each. */
export interface RawConfig {
  data_dir: string;
  sock_dir: string;
  log_level: LogLevel;
  max_event_size: number;
  trace: Partial<RawTrace>;
  id: string;
  interface: string;
  port: number;
  enrol_port: number;
  auto_accept: { id: string; fingerprint: string }[];
  nodegroups: Record<string, string | string[]>;
  timeout: number;
  gather_job_timeout: number;
  presence_interval: number;
  presence_events: boolean;
  job_lease: number;
  keep_jobs: number;
  event_retention_hours: number;
  event_retention_bytes: number;
  event_queue_max: number;
  master: string;
  master_port: number;
  master_enrol_port: number;
  master_finger: string;
  modules_dir: string;
  salt_call: boolean;
  grains: Record<string, unknown>;
  acceptance_wait: number;
  jobs_max: number;
  reactors: string | string[];
  file_roots: Record<string, string[]>;
  reactor_depth_max: number;
  reactor_in_flight_max: number;
  reactor_rule_concurrency: number;
  reactor_rule_backlog: number;
  reactor_attempts_max: number;
  reactor_retry_base: number;
  reactor_retry_max: number;
  reactor_watch: boolean;
  canary_interval: number;
  keep_decisions: number;
  render_steps_max: number;
  render_bytes_max: number;
  salt_compat: 3006 | 3007 | 3008;
  template_environ: string[];
  lookup_allow: string[];
  lookup_deny: string[];
  lookup_timeout: number;
  lookup_wait: number;
  lookup_cache: number;
  lookup_answer_max: number;
  lookup_rounds_max: number;
  lookups_per_event_max: number;
  lookups_waiting_max: number;
  lookups_at_once_max: number;
  sdb: Record<string, SdbProfile>;
  salt_sockets: SaltSocketsFor;
  salt_coalesce: number;
  salt_cluster_events: boolean;
  salt_call_command: string[];
  salt_api: Partial<RawSaltApi>;
  api: Partial<RawApi>;
}

/** The Salt release whose programs read Brine's buses, or off. */
export type SaltSocketsFor = 3006 | 3007 | 3008 | 'plain' | 'off';

/** Where `sdb://name/…` looks. */
export type SdbProfile =
  | { readonly driver: 'env' }
  | { readonly driver: 'yaml'; readonly files: readonly string[] };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** One key: how it is checked, and what a problem says it must be. */
export interface ConfigKey<T> {
  readonly schema: z.ZodType<T>;
  /** Completes the sentence "`port` must be …". */
  readonly what: string;
  /** The value without a file; null where it depends on the machine or another key. */
  readonly fallback: T | null;
}

const logLevels: [LogLevel, ...LogLevel[]] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

const idPattern = /^[^\s/\\\0]{1,255}$/;
const fingerprintPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/i;
const id = z.string().regex(idPattern);
const fingerprint = z.string().regex(fingerprintPattern);
const text = z.string().min(1);

const path = (fallback: string | null = null): ConfigKey<string> => ({
  schema: text,
  what: 'a path',
  fallback,
});
const flag = (fallback: boolean): ConfigKey<boolean> => ({
  schema: z.boolean(),
  what: 'true or false',
  fallback,
});
const whole = (min: number, max: number, fallback: number | null): ConfigKey<number> => ({
  schema: z.int().min(min).max(max),
  what: `a whole number from ${min} to ${max}`,
  fallback,
});
const seconds = (min: number, max: number, fallback: number): ConfigKey<number> => ({
  schema: z.number().min(min).max(max),
  what: `a number of seconds from ${min} to ${max}`,
  fallback,
});

const functionGlobs: ConfigKey<string[]> = {
  schema: z.array(text),
  what: 'a list of functions or globs of them, such as cmd.run or runner.manage.*',
  fallback: [],
};

const kib = 1024;
const mib = 1024 * kib;
const gib = 1024 * mib;

/** Every key, in the order of docs/configuration.md. */
export const configKeys: { readonly [K in keyof RawConfig]: ConfigKey<RawConfig[K]> } = {
  data_dir: path(),
  sock_dir: path(),
  log_level: { schema: z.enum(logLevels), what: `one of ${logLevels.join(', ')}`, fallback: 'info' },
  max_event_size: whole(kib, 64 * mib, mib),
  trace: traceKey,

  id: { schema: id, what: 'a name without spaces and slashes, at most 255 characters', fallback: null },
  interface: {
    schema: text,
    what: 'an address of this host, such as 127.0.0.1 or 0.0.0.0',
    fallback: '127.0.0.1',
  },
  port: whole(0, 65_535, 4515),
  enrol_port: whole(0, 65_535, 4516),
  auto_accept: {
    schema: z.array(z.strictObject({ id, fingerprint })),
    what: 'a list of {id, fingerprint}; a fingerprint is 32 pairs of hexadecimal digits with colons',
    fallback: [],
  },
  nodegroups: {
    schema: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    what: 'a map from a group name to a compound target or a list of ids',
    fallback: {},
  },
  timeout: seconds(1, 86_400, 5),
  gather_job_timeout: seconds(1, 86_400, 10),
  presence_interval: seconds(1, 86_400, 30),
  presence_events: flag(false),
  job_lease: seconds(30, 86_400, 300),
  keep_jobs: whole(1, 87_600, 24),
  event_retention_hours: whole(1, 87_600, 168),
  event_retention_bytes: whole(mib, 1024 * gib, 2 * gib),
  event_queue_max: whole(100, 10_000_000, 50_000),

  master: { schema: text, what: 'the name or address of a host', fallback: null },
  master_port: whole(1, 65_535, 4515),
  master_enrol_port: whole(1, 65_535, 4516),
  master_finger: {
    schema: fingerprint,
    what: 'a key fingerprint: 32 pairs of hexadecimal digits with colons',
    fallback: null,
  },
  modules_dir: path(),
  salt_call: flag(false),
  grains: { schema: z.record(z.string(), z.unknown()), what: 'a map', fallback: {} },
  acceptance_wait: seconds(0.1, 3600, 10),
  jobs_max: whole(1, 100_000, 100),

  reactors: {
    schema: z.union([text, z.array(text)]),
    what: 'a folder, a file or a list of them',
    fallback: null,
  },
  file_roots: {
    schema: z.record(z.string(), z.array(text)),
    what: 'a map from an environment to a list of folders',
    fallback: { base: ['/srv/salt'] },
  },
  reactor_depth_max: whole(1, 1000, 8),
  reactor_in_flight_max: whole(1, 1_000_000, 10_000),
  reactor_rule_concurrency: whole(0, 100_000, 0),
  reactor_rule_backlog: whole(1, 1_000_000, 10_000),
  reactor_attempts_max: whole(1, 1000, 10),
  reactor_retry_base: seconds(0.01, 3600, 0.5),
  reactor_retry_max: seconds(0.01, 86_400, 60),
  reactor_watch: flag(true),
  canary_interval: seconds(0, 3600, 3),
  keep_decisions: whole(1, 87_600, 168),
  render_steps_max: whole(1000, 1_000_000_000, 1_000_000),
  render_bytes_max: whole(kib, gib, 16 * mib),
  salt_compat: {
    schema: z.literal([3006, 3007, 3008]),
    what: '3006, 3007 or 3008',
    fallback: 3008,
  },
  template_environ: { schema: z.array(text), what: 'a list of names of environment variables', fallback: [] },
  lookup_allow: functionGlobs,
  lookup_deny: functionGlobs,
  lookup_timeout: seconds(0.05, 300, 5),
  lookup_wait: seconds(0.05, 600, 15),
  lookup_cache: seconds(0, 86_400, 0),
  lookup_answer_max: whole(kib, 16 * mib, 256 * kib),
  lookup_rounds_max: whole(1, 100, 8),
  lookups_per_event_max: whole(0, 1000, 32),
  lookups_waiting_max: whole(1, 100_000, 1000),
  lookups_at_once_max: whole(1, 1000, 32),
  sdb: {
    schema: z.record(
      z.string().regex(/^[\w.-]+$/),
      z.union([
        z.strictObject({ driver: z.literal('env') }),
        z.strictObject({ driver: z.literal('yaml'), files: z.array(text).min(1) }),
      ]),
    ),
    what: 'a map from a profile to {driver: env} or {driver: yaml, files: […]}',
    fallback: {},
  },

  salt_sockets: {
    schema: z.literal([3006, 3007, 3008, 'plain', 'off']),
    what: '3006, 3007, 3008, plain or off',
    fallback: 3008,
  },
  salt_coalesce: seconds(0, 60, 0),
  salt_cluster_events: flag(false),
  salt_call_command: {
    schema: z.array(text).min(1),
    what: 'a list of words: salt-call, by its name or path, and its options',
    fallback: ['salt-call'],
  },
  salt_api: saltApiKey,

  api: apiKey,
};

/** The whole file: no key that is not in the table. */
export const configSchema: z.ZodType<Partial<RawConfig>> = z.strictObject(
  Object.fromEntries(Object.entries(configKeys).map(([name, key]) => [name, key.schema.optional()])),
) as z.ZodType<Partial<RawConfig>>;
