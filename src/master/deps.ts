import type { Clock, Ids, Telemetry } from '../core/index.ts';

export interface MasterDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** Where a master listens, with real port numbers. */
export interface MasterEndpoints {
  readonly local: readonly string[];
  readonly work: readonly string[];
  readonly enrol: readonly string[];
}
