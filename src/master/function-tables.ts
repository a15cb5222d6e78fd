import type { Clock } from '../core/index.ts';
import type { AskMinions } from './functions/ask-minions.ts';
import { docRunners } from './functions/doc-runners.ts';
import { eventRunners } from './functions/event-runner.ts';
import type { FunctionTable } from './functions/function.ts';
import { httpRunners } from './functions/http-runner.ts';
import { jobsRunners } from './functions/jobs-runners.ts';
import { keyWheels } from './functions/key-wheels.ts';
import { mineRunners } from './functions/mine-runner.ts';
import { minionRunners } from './functions/minion-runners.ts';
import { reactorRunners } from './functions/reactor-runners.ts';
import type { JobCache } from './jobs/job-cache.ts';
import type { Keyring } from './keys/keyring.ts';
import type { Ledger } from './ledger.ts';
import type { Inventory } from './targets/index.ts';

export interface TableSources {
  readonly keys: Keyring;
  readonly masterKey: string;
  readonly cache: JobCache;
  readonly ledger: Ledger;
  readonly inventory: Inventory;
  readonly isAttached: (id: string) => boolean;
  readonly ask: AskMinions;
  readonly sockDir: string;
  readonly clock: Clock;
}

/** Everything that can be called by name on a master. */
export function functionTables(sources: TableSources): { runner: FunctionTable; wheel: FunctionTable } {
  const wheel = keyWheels(sources.keys, sources.masterKey);
  const runner: FunctionTable = {
    ...jobsRunners(sources.cache, sources.ask),
    ...minionRunners(sources.inventory, sources.isAttached),
    ...mineRunners(sources.inventory),
    ...eventRunners(sources.ledger),
    ...reactorRunners(sources.sockDir, sources.clock),
    ...httpRunners,
    ...docRunners(() => ({ runner, wheel })),
  };
  return { runner, wheel };
}
