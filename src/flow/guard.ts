import { type Event, getString } from '../core/index.ts';

export type Guarded = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const passed: Guarded = { ok: true };

/**
 * Whether rules may see the event at all. Salt ignores whatever says `user: Reactor`, which are the runner
 * and wheel calls of its own reactions; a chain of reactions longer than `depthMax` is taken for a loop.
 */
export function guard(event: Event, depthMax: number): Guarded {
  const depth = event.head.depth ?? 0;
  if (depth > depthMax) {
    const cause = event.head.cause;
    const origin =
      cause === undefined ? '' : `; the last one was asked for by rule ${cause.rule} (event ${cause.event})`;
    return {
      ok: false,
      reason: `the event is ${depth} reactions away from one that came from outside, more than reactor_depth_max ${depthMax}${origin}`,
    };
  }
  if (getString(event.data, 'user') === 'Reactor')
    return {
      ok: false,
      reason: 'data.user is "Reactor": a call that a reaction made, which Salt ignores too',
    };
  return passed;
}
