import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connectSaltApi, type SaltApi } from '../../bus/index.ts';
import { type SaltApiSettings, saltApiPasswordVariable } from '../../config/index.ts';
import { BrineError, type Clock, messageOf } from '../../core/index.ts';

/** A salt-api as the configuration has it. */
export interface ConfiguredSaltApi {
  readonly api: SaltApi;
  readonly url: string;
  readonly username: string;
}

/** Connects to nothing yet. Throws BAD_CONFIG when something is missing, or the password would travel in clear. */
export function configuredSaltApi(settings: SaltApiSettings, clock: Clock): ConfiguredSaltApi {
  const { username, eauth, fingerprint, password } = settings;
  const url = addressOf(settings);
  if (password === null)
    throw badConfig(`salt_api has no password: set password_file, or ${saltApiPasswordVariable}.`);
  const api = connectSaltApi({
    place: { url, ca: certificatesOf(settings), fingerprint: fingerprint ?? undefined },
    credentials: { username, eauth, password: () => passwordOf(password) },
    clock,
  });
  return { api, url: url.origin, username };
}

function addressOf({ url, insecure, ca, fingerprint }: SaltApiSettings): URL {
  if (url === null || !/^https?:\/\//.test(url) || !URL.canParse(url))
    throw badConfig(`${url ?? 'salt_api'} must be an address such as https://master:8000.`);
  const address = new URL(url);
  if (address.username !== '' || address.password !== '' || address.search !== '')
    throw badConfig('The address of salt-api holds no user, no password and no query.');
  if (address.protocol === 'https:') return address;
  if (ca !== null || fingerprint !== null)
    throw badConfig(`${address.origin} has no TLS, so ca and fingerprint cannot be looked at.`);
  if (!insecure && !/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(address.hostname))
    throw badConfig(
      `The password would go to ${address.origin} in clear: use https, or set salt_api.insecure.`,
    );
  return address;
}

function certificatesOf({ ca }: SaltApiSettings): string | undefined {
  if (ca === null) return undefined;
  try {
    return readFileSync(ca, 'utf8');
  } catch (cause) {
    throw new BrineError(
      'BAD_CONFIG',
      `The certificates of salt_api.ca cannot be read: ${messageOf(cause)}.`,
      {
        cause,
      },
    );
  }
}

async function passwordOf(password: NonNullable<SaltApiSettings['password']>): Promise<string> {
  if ('text' in password) return password.text;
  try {
    return (await readFile(password.file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new BrineError('BUS_CLOSED', `The password for salt-api cannot be read: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

function badConfig(message: string): BrineError {
  return new BrineError('BAD_CONFIG', message);
}
