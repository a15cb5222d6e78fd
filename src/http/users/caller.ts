import type { Asker } from '../../client/index.ts';
import type { Permission } from './permissions.ts';
import { type TagScope, tagScope } from './tag-scope.ts';
import type { Rights } from './user-file.ts';

/** Who asks, from the credential and the connection. Every permission check takes one. */
export interface Caller {
  readonly kind: 'user' | 'token' | 'anybody';
  readonly name: string;
  /** From where. */
  readonly address: string;
  readonly perms: readonly Permission[];
  /** The tags that the caller may read. */
  readonly read: TagScope;
  /** The tags that the caller may send. */
  readonly emit: TagScope;
  /** Under what name the master works for the caller; the heads of events say it. */
  readonly asker: Asker;
  /** The login's id, for `/logout`; null for tokens. */
  readonly session: string | null;
  /** How the caller was let in, for Salt's error texts. */
  readonly by: 'token' | 'eauth';
  /** Whether the credential still holds: not ended, expired, revoked or changed. */
  holds(): boolean;
}

export interface Credential {
  readonly kind: Caller['kind'];
  readonly name: string;
  readonly address: string;
  readonly rights: Rights;
  readonly session?: string | null;
  readonly by: Caller['by'];
  readonly holds: () => boolean;
}

export function callerOf({ kind, name, address, rights, session = null, by, holds }: Credential): Caller {
  const user = kind === 'token' ? `token:${name}` : name;
  return {
    kind,
    name,
    address,
    perms: rights.perms,
    read: tagScope(rights.read),
    emit: tagScope(rights.emit),
    asker: { user: name, source: `api:${user}@${address}` },
    session,
    by,
    holds,
  };
}
