import { BrineError, type EventHead, type NewEvents, type Telemetry, tagFault } from '../../core/index.ts';
import { mapFault } from '../codec/check.ts';
import type { PublishAck } from '../types.ts';

export type Refusal = PublishAck['refused'][number];

/** Splits what a publisher sent into the events that a log may take and the refusals of the others. */
export function checkEvents(
  events: NewEvents,
  eventBytesMax: number,
): { good: NewEvents; refused: readonly Refusal[] } {
  const refused: Refusal[] = [];
  for (let index = 0; index < events.tags.length; index += 1) {
    const refusal = faultOf(
      index,
      events.tags[index] as string,
      events.bodies[index] as Uint8Array,
      eventBytesMax,
    );
    if (refusal !== undefined) refused.push(refusal);
  }
  return { good: refused.length === 0 ? events : without(events, refused), refused };
}

function faultOf(index: number, tag: string, body: Uint8Array, bytesMax: number): Refusal | undefined {
  if (body.length > bytesMax)
    return {
      index,
      code: 'EVENT_TOO_LARGE',
      message: `The event has ${body.length} bytes; ${bytesMax} are allowed.`,
    };
  const fault = tagFault(tag) ?? mapFault(body);
  return fault === undefined ? undefined : { index, code: 'BAD_EVENT', message: `${fault}.` };
}

function without(events: NewEvents, refused: readonly Refusal[]): NewEvents {
  const out = new Set(refused.map(({ index }) => index));
  const keep = <T>(list: readonly T[]): T[] => list.filter((_, index) => !out.has(index));
  return {
    tags: keep(events.tags),
    bodies: keep(events.bodies),
    heads: events.heads === null ? null : keep(events.heads),
  };
}

/** Events with the heads that the server gives them: what it knows of the sender, not what the sender says. */
export function withHeads(
  events: NewEvents,
  headOf: (given: EventHead | null) => EventHead | null,
): NewEvents {
  const heads = events.tags.map((_, index) => headOf(events.heads?.[index] ?? null));
  return {
    tags: events.tags,
    bodies: events.bodies,
    heads: heads.every((head) => head === null) ? null : heads,
  };
}

/** Reports refusals by code, which becomes a metric label. */
export function reportRefused(telemetry: Telemetry, refused: readonly Refusal[]): void {
  const counts = new Map<string, number>();
  for (const { code } of refused) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const [code, count] of counts) telemetry.emit({ kind: 'bus.refused', count, code });
}

export function overloaded(waiting: number, max: number): BrineError {
  return new BrineError('OVERLOADED', `${waiting} events wait for the log already; ${max} may.`, {
    fields: { waiting, max },
  });
}
