import { z } from 'zod';
import type { Environment } from './paths.ts';

/** What the key `salt_api` may hold; every member is optional. docs/configuration.md explains each. */
export interface RawSaltApi {
  url: string;
  username: string;
  password_file: string;
  eauth: string;
  ca: string;
  fingerprint: string;
  insecure: boolean;
}

/** How a salt-api is reached and who logs in there. */
export interface SaltApiSettings {
  /** null when only the command line can say. */
  readonly url: string | null;
  readonly username: string;
  /** The file that holds it, else what the environment says; null when neither is set. */
  readonly password: { readonly file: string } | { readonly text: string } | null;
  readonly eauth: string;
  /** A file with the certificates that may sign the server's. */
  readonly ca: string | null;
  /** The SHA-256 of the server's certificate. */
  readonly fingerprint: string | null;
  /** Send the password in clear beyond loopback. */
  readonly insecure: boolean;
}

/** The variable that holds the password when no file does. */
export const saltApiPasswordVariable = 'BRINE_SALT_API_PASSWORD';

const text = z.string().min(1);

const shape: { readonly [K in keyof RawSaltApi]: z.ZodType<RawSaltApi[K]> } = {
  url: z.string().regex(/^https?:\/\/[^\s/]+/),
  username: text,
  password_file: text,
  eauth: text,
  ca: text,
  fingerprint: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/i),
  insecure: z.boolean(),
};

/** The names within `salt_api`. */
export const saltApiNames: readonly string[] = Object.keys(shape);

/** The row of the table of keys. */
export const saltApiKey: {
  readonly schema: z.ZodType<Partial<RawSaltApi>>;
  readonly what: string;
  readonly fallback: null;
} = {
  schema: z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])),
  ) as z.ZodType<Partial<RawSaltApi>>,
  what: 'a map of url (https://host:port), username, password_file, eauth, ca, fingerprint (32 pairs of hexadecimal digits with colons) and insecure',
  fallback: null,
};

/** `path` makes a path of the file absolute. */
export function saltApiSettings(
  given: Partial<RawSaltApi> | null,
  path: (path: string) => string,
  env: Environment,
): SaltApiSettings {
  const { url, username, password_file, eauth, ca, fingerprint, insecure } = given ?? {};
  const inEnvironment = env[saltApiPasswordVariable];
  return {
    url: url ?? null,
    username: username ?? 'brine',
    password: password_file ? { file: path(password_file) } : inEnvironment ? { text: inEnvironment } : null,
    eauth: eauth ?? 'pam',
    ca: ca === undefined ? null : path(ca),
    fingerprint: fingerprint ?? null,
    insecure: insecure === true,
  };
}
