import type { Clock } from '../../core/index.ts';
import { type SaltApiPlace, saltApiConnections } from './connection.ts';
import { SaltApiReader, type SaltApiReaderOptions } from './reader.ts';
import { type SaltApiCredentials, SaltApiSession } from './session.ts';

export type { SaltApiPlace } from './connection.ts';
export type { SaltApiReader, SaltApiReaderOptions } from './reader.ts';
export { LoginRefusal, SaltApiRefusal } from './refusal.ts';
export type { SaltApiCredentials, SaltApiSession } from './session.ts';

export interface SaltApiOptions {
  readonly place: SaltApiPlace;
  readonly credentials: SaltApiCredentials;
  readonly clock: Clock;
}

/** A salt-api: one login for its events and for its work. */
export interface SaltApi {
  readonly session: SaltApiSession;
  /** Begins to read events; only once. */
  read(options: Omit<SaltApiReaderOptions, 'place' | 'connections' | 'clock'>): SaltApiReader;
  close(): void;
}

export function connectSaltApi({ place, credentials, clock }: SaltApiOptions): SaltApi {
  const connections = saltApiConnections(place, clock);
  let reader: SaltApiReader | undefined;
  const renewed = (token: string): void => reader?.renewed(token);
  const session = new SaltApiSession({ place, connections, credentials, clock, renewed });
  return {
    session,
    read: (options) => {
      reader = new SaltApiReader(session, { place, connections, clock, ...options });
      return reader;
    },
    close: () => {
      reader?.close();
      session.close();
      connections.close();
    },
  };
}
