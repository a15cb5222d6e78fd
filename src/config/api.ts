import { z } from 'zod';
import { type HookSettings, hookSettings, hooksSchema, type RawHook } from './hooks.ts';
import type { Environment } from './paths.ts';

/** What the key `api` may hold; every member is optional. docs/configuration.md explains each. */
export interface RawApi {
  host: string;
  port: number;
  ssl_crt: string;
  ssl_key: string;
  insecure: boolean;
  clients: string[];
  token_in_query: boolean;
  hook_without_login: boolean;
  metrics_open: boolean;
  body_max: number;
  connections_max: number;
  header_timeout: number;
  body_timeout: number;
  heartbeat: number;
  stall_timeout: number;
  session_idle: number;
  session_max: number;
  hooks: Record<string, RawHook>;
}

/** How the REST API is served. */
export interface ApiSettings {
  /** Whether the configuration has the key `api` at all. */
  readonly configured: boolean;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Files of the certificate (with its chain) and of its key; null serves without TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Listen beyond loopback although there is no TLS or no user. */
  readonly insecure: boolean;
  /** The clients that salt-api's routes may use. */
  readonly clients: readonly string[];
  /** Take tokens from the query, as old clients send them. */
  readonly tokenInQuery: boolean;
  /** Take `POST /hook/…` from anybody. */
  readonly hookWithoutLogin: boolean;
  /** Show `/metrics` to anybody. */
  readonly metricsOpen: boolean;
  readonly bodyBytesMax: number;
  readonly connectionsMax: number;
  readonly headerTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long a reader of events may take nothing while events wait. */
  readonly stallMs: number;
  readonly sessionIdleMs: number;
  readonly sessionMaxMs: number;
  readonly hooks: readonly HookSettings[];
}

/** The clients of salt-api that Brine has. */
const clientNames: readonly string[] = [
  'local',
  'local_async',
  'local_batch',
  'local_subset',
  'runner',
  'runner_async',
  'wheel',
  'wheel_async',
];

const mib = 1024 * 1024;
const text = z.string().min(1);
const seconds = (max: number): z.ZodType<number> => z.number().min(0.05).max(max);

const shape: { readonly [K in keyof RawApi]: z.ZodType<RawApi[K]> } = {
  host: text,
  port: z.int().min(0).max(65_535),
  ssl_crt: text,
  ssl_key: text,
  insecure: z.boolean(),
  clients: z.array(z.enum(clientNames as [string, ...string[]])),
  token_in_query: z.boolean(),
  hook_without_login: z.boolean(),
  metrics_open: z.boolean(),
  body_max: z
    .int()
    .min(1024)
    .max(64 * mib),
  connections_max: z.int().min(10).max(1_000_000),
  header_timeout: seconds(3600),
  body_timeout: seconds(3600),
  heartbeat: seconds(3600),
  stall_timeout: seconds(86_400),
  session_idle: seconds(366 * 86_400),
  session_max: seconds(366 * 86_400),
  hooks: hooksSchema,
};

/** The names within `api`. */
export const apiNames: readonly string[] = Object.keys(shape);

const fallbacks = {
  host: '127.0.0.1',
  port: 8000,
  insecure: false,
  clients: [...clientNames],
  token_in_query: false,
  hook_without_login: false,
  metrics_open: false,
  body_max: mib,
  connections_max: 5000,
  header_timeout: 10,
  body_timeout: 30,
  heartbeat: 15,
  stall_timeout: 30,
  session_idle: 36_000,
  session_max: 43_200,
  hooks: {},
} as const;

/** The row of the table of keys. */
export const apiKey: {
  readonly schema: z.ZodType<Partial<RawApi>>;
  readonly what: string;
  readonly fallback: null;
} = {
  schema: z
    .strictObject(
      Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])),
    )
    .refine((api) => (api['ssl_crt'] === undefined) === (api['ssl_key'] === undefined)) as z.ZodType<
    Partial<RawApi>
  >,
  what: 'a map of the settings of the REST API; `ssl_crt` and `ssl_key` go together',
  fallback: null,
};

/** The settings of the API, with the defaults filled in. `path` makes a path of the file absolute. */
export function apiSettings(
  given: Partial<RawApi> | null,
  path: (path: string) => string,
  env: Environment,
): ApiSettings {
  const raw = given ?? {};
  const { ssl_crt: cert, ssl_key: key } = raw;
  const at = { ...fallbacks, ...raw };
  return {
    configured: given !== null,
    host: at.host,
    port: at.port,
    tls: cert === undefined || key === undefined ? null : { cert: path(cert), key: path(key) },
    insecure: at.insecure,
    clients: at.clients,
    tokenInQuery: at.token_in_query,
    hookWithoutLogin: at.hook_without_login,
    metricsOpen: at.metrics_open,
    bodyBytesMax: at.body_max,
    connectionsMax: at.connections_max,
    headerTimeoutMs: at.header_timeout * 1000,
    bodyTimeoutMs: at.body_timeout * 1000,
    heartbeatMs: at.heartbeat * 1000,
    stallMs: at.stall_timeout * 1000,
    sessionIdleMs: at.session_idle * 1000,
    sessionMaxMs: at.session_max * 1000,
    hooks: hookSettings(at.hooks, path, env),
  };
}
