import { fromPlain, type ValueMap } from '../../../src/core/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import type { Beside } from '../support/beside.ts';

const ids = systemIds(systemClock);

/** Publishes jobs that the lab's minion runs, and gives their ids. */
export async function publishJobs(brine: Beside, count: number): Promise<string[]> {
  const jids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const jid = ids.jid();
    const load = {
      cmd: 'publish',
      user: 'root',
      tgt: 'web1',
      tgt_type: 'glob',
      fun: 'test.arg',
      arg: [i],
      ret: '',
      jid,
    };
    await brine.plane.asking.ask(fromPlain(load) as ValueMap, 10_000);
    jids.push(jid);
  }
  return jids;
}
