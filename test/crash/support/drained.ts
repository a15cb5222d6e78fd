import { setTimeout as pause } from 'node:timers/promises';
import type { ValueMap } from '../../../src/core/index.ts';
import { ask, type Cluster } from './cluster.ts';

const everyMs = 250;
/** So often in a row nothing may wait anywhere. */
const quietTimes = 4;

/** Waits until the cluster has nothing left to do; throws when it makes no headway for a while. */
export async function drained(cluster: Cluster, stuckMs: number = 45_000): Promise<void> {
  const master = cluster.link('master');
  const reactor = cluster.link('reactor');
  try {
    let quiet = 0;
    let last = '';
    let movedMs = performance.now();
    while (quiet < quietTimes) {
      await pause(everyMs);
      const [ofMaster, ofReactor] = await Promise.all([ask(master, 'status'), ask(reactor, 'status')]);
      const now = JSON.stringify(depths(ofMaster, ofReactor));
      const isQuiet =
        ofReactor.get('lag') === 0 && ofReactor.get('outbox') === 0 && undelivered(ofMaster) === 0;
      quiet = isQuiet && now === last ? quiet + 1 : 0;
      if (now !== last) movedMs = performance.now();
      last = now;
      if (performance.now() - movedMs > stuckMs) throw new Error(`nothing moves any more: ${now}`);
    }
  } finally {
    await master.close();
    await reactor.close();
  }
}

function undelivered(status: ValueMap): number {
  return Number((status.get('jobs') as ValueMap).get('undelivered'));
}

function depths(master: ValueMap, reactor: ValueMap): Record<string, unknown> {
  return {
    next_seq: (master.get('events') as ValueMap).get('next_seq'),
    undelivered: undelivered(master),
    cursor: reactor.get('cursor'),
    lag: reactor.get('lag'),
    outbox: reactor.get('outbox'),
    outage: reactor.get('outage'),
  };
}
