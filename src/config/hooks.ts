import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Environment } from './paths.ts';

/** Where a secret stands: in the configuration itself, in a file, or in an environment variable. */
export type RawSecret = string | { file: string } | { env: string };

export interface RawHookCheck {
  kind: HookCheckKind;
  secret: RawSecret;
  /** Of `alertmanager`: the user of its basic auth. */
  user?: string | undefined;
  /** Of `header`: the header that holds the secret. */
  header?: string | undefined;
}

/** One entry of `api.hooks`; docs/configuration.md explains each key. */
export interface RawHook {
  tag: string;
  check: RawHookCheck;
  data?: Record<string, unknown> | undefined;
  delivery?: string | undefined;
  replay_window?: number | undefined;
  dedup?: number | undefined;
  body_max?: number | undefined;
  rate?: number | undefined;
  burst?: number | undefined;
}

/** How a hook's sender proves who it is. */
export type HookCheckKind = 'github' | 'gitlab' | 'slack' | 'stripe' | 'alertmanager' | 'header';

/** A secret that was looked up; `fault` says why there is none. */
export type HookSecret =
  | { readonly text: string; readonly fault?: undefined }
  | { readonly text?: undefined; readonly fault: string };

export interface HookSettings {
  readonly name: string;
  /** A template; what stands before its first expression is the beginning of every tag of this hook. */
  readonly tag: string;
  readonly check: {
    readonly kind: HookCheckKind;
    readonly secret: HookSecret;
    readonly user: string;
    readonly header: string;
  };
  /** Templates for the event's data; null sends what came. */
  readonly data: unknown;
  /** A template for the delivery's id, for senders that Brine does not know; null where the check knows it. */
  readonly delivery: string | null;
  /** How far a signed time may be from now, and how long a delivery without an id counts as the same. */
  readonly replayWindowMs: number;
  /** How long the id of a delivery is remembered; 0 remembers none. */
  readonly dedupMs: number;
  readonly bodyBytesMax: number;
  /** Deliveries a second, and how many may come at once. */
  readonly rate: number;
  readonly burst: number;
}

const kinds: [HookCheckKind, ...HookCheckKind[]] = [
  'github',
  'gitlab',
  'slack',
  'stripe',
  'alertmanager',
  'header',
];
const day = 86_400;
const mib = 1024 * 1024;
const text = z.string().min(1);

/** Completes the sentence "`api.hooks` must be …". */
export const hooksAre =
  'a map from names of a-z, 0-9, - and _ to maps with `tag` and `check: {kind, secret}`; `user` goes with the kind alertmanager, `header` with the kind header';

export const hookNames: readonly string[] = [
  'tag',
  'check',
  'data',
  'delivery',
  'replay_window',
  'dedup',
  'body_max',
  'rate',
  'burst',
];
export const checkNames: readonly string[] = ['kind', 'secret', 'user', 'header'];

const check = z
  .strictObject({
    kind: z.enum(kinds),
    secret: z.union([text, z.strictObject({ file: text }), z.strictObject({ env: text })]),
    user: text.optional(),
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/)
      .optional(),
  })
  .refine(({ kind, user }) => (kind === 'alertmanager') === (user !== undefined))
  .refine(({ kind, header }) => (kind === 'header') === (header !== undefined));

/** Names of hooks are plain: nothing in them is a step in a path or looks like another name. */
export const hooksSchema: z.ZodType<Record<string, RawHook>> = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  z.strictObject({
    tag: text,
    check,
    data: z.record(z.string(), z.unknown()).optional(),
    delivery: text.optional(),
    replay_window: z.number().min(1).max(day).optional(),
    dedup: z
      .number()
      .min(0)
      .max(30 * day)
      .optional(),
    body_max: z
      .int()
      .min(1)
      .max(64 * mib)
      .optional(),
    rate: z.number().min(0.001).max(100_000).optional(),
    burst: z.int().min(1).max(1_000_000).optional(),
  }),
);

/** The hooks with the defaults filled in and the secrets looked up. */
export function hookSettings(
  hooks: Record<string, RawHook>,
  path: (path: string) => string,
  env: Environment,
): HookSettings[] {
  return Object.entries(hooks).map(([name, hook]) => {
    const { tag, check, data, delivery, replay_window, dedup, body_max, rate, burst } = hook;
    return {
      name,
      tag,
      check: {
        kind: check.kind,
        secret: secretOf(check.secret, path, env),
        user: check.user ?? '',
        header: (check.header ?? '').toLowerCase(),
      },
      data: data ?? null,
      delivery: delivery ?? null,
      replayWindowMs: (replay_window ?? 300) * 1000,
      dedupMs: (dedup ?? day) * 1000,
      bodyBytesMax: body_max ?? mib,
      rate: rate ?? 50,
      burst: burst ?? Math.max(1, Math.ceil(2 * (rate ?? 50))),
    };
  });
}

function secretOf(secret: RawSecret, path: (path: string) => string, env: Environment): HookSecret {
  if (typeof secret === 'string') return { text: secret };
  if ('env' in secret) {
    const found = env[secret.env];
    return found ? { text: found } : { fault: `the environment variable ${secret.env} is not set` };
  }
  try {
    const found = readFileSync(path(secret.file), 'utf8').replace(/\r?\n$/, '');
    return found === '' ? { fault: `the file ${secret.file} is empty` } : { text: found };
  } catch {
    return { fault: `the file ${secret.file} cannot be read` };
  }
}
