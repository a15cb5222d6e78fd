import type { TraceEvent } from '../core/index.ts';

type Kind = TraceEvent['kind'];

/** What each kind of trace event counts. */
export type Recorders = { readonly [K in Kind]: (event: Extract<TraceEvent, { kind: K }>) => void };
