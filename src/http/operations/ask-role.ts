import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectLink, packValue, socketPath, unpackValue } from '../../bus/index.ts';
import { probeSocket } from '../../client/index.ts';
import type { Value } from '../../core/index.ts';
import type { ApiParts } from '../server/route-group.ts';

export const roles = ['master', 'minion', 'reactor'] as const;
export type Role = (typeof roles)[number];

/** Shorter than probes and scrapes usually wait, so that a role that hangs is an answer too. */
const answerMs = 2000;

/** What a role answers to a verb without arguments. Throws NOT_RUNNING, TIMEOUT, and whatever it answers. */
export type AskRole = (role: Role, verb: string) => Promise<Value>;

/** Asks each time over a connection of its own: one that is kept would have to be minded while a role is away. */
export function roleAsker({ settings, clock }: Pick<ApiParts, 'settings' | 'clock'>): AskRole {
  const { sockDir, minion } = settings;
  return async (role, verb) => {
    const path = socketPath(sockDir, role === 'minion' ? { minion: minion.id } : role);
    await probeSocket(path, role);
    const link = connectLink({ endpoint: `ipc://${path}`, clock });
    try {
      return unpackValue(await link.request(verb, packValue(new Map()), answerMs));
    } finally {
      await link.close();
    }
  };
}

/** The roles that belong to this data folder: the master, and those that have run here. */
export function rolesHere({ dataDir }: ApiParts['settings']): Role[] {
  return roles.filter((role) => role === 'master' || existsSync(join(dataDir, role)));
}
