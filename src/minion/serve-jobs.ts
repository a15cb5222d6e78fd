import { type LinkClient, type LinkServer, packValue, unpackValue } from '../bus/index.ts';
import { mapOf, textAt, type ValueMap } from '../core/index.ts';
import { ask } from './link/ask.ts';
import type { RunningJobs } from './modules/types.ts';

/** Lets calls of this host's own user see and end the minion's jobs: verbs `running` and `kill`. */
export function serveJobs(link: LinkServer, jobs: RunningJobs): void {
  link.handle('running', async () => packValue(mapOf({ jobs: [...(await jobs.list())] })));
  link.handle('kill', async ({ payload }) => {
    const request = unpackValue(payload);
    const jid = request instanceof Map ? textAt(request, 'jid') : '';
    return packValue(mapOf({ pid: await jobs.kill(jid) }));
  });
}

/** Lets them see how the minion is: verbs `status` and `health`. */
export function serveStatus(link: LinkServer, told: { status(): ValueMap; health(): ValueMap }): void {
  link.handle('status', () => packValue(told.status()));
  link.handle('health', () => packValue(told.health()));
}

/** The jobs of the minion behind a link. */
export function remoteJobs(link: () => LinkClient | null, timeoutMs: number): RunningJobs {
  return {
    list: async () => {
      const open = link();
      if (open === null) return [];
      const jobs = (await ask(open, 'running', new Map(), timeoutMs)).get('jobs');
      return Array.isArray(jobs) ? jobs.filter((job): job is ValueMap => job instanceof Map) : [];
    },
    kill: async (jid) => {
      const open = link();
      if (open === null) return null;
      const pid = (await ask(open, 'kill', mapOf({ jid }), timeoutMs)).get('pid');
      return typeof pid === 'number' ? pid : null;
    },
  };
}
