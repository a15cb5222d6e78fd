// A minion in a process of its own, for tests that kill it. Arguments: its folder.
import { createMinion } from '../../../src/minion/index.ts';
import { clock, ids, Reports, settingsIn } from './support.ts';

const minion = createMinion(settingsIn(process.argv[2] ?? '', { jobsMax: 1 }), {
  clock,
  ids,
  telemetry: new Reports(),
});
await minion.start();
