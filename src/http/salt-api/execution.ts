import type { ApiParts } from '../server/route-group.ts';
import type { Caller } from '../users/caller.ts';

/** What a chunk is run with. */
export interface Execution {
  readonly parts: ApiParts;
  readonly caller: Caller;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}
