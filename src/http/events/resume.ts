import type { FastifyRequest } from 'fastify';
import { HttpError } from '../server/http-error.ts';
import type { LogHead } from './log-head.ts';

/** The number in a `Last-Event-ID`, or undefined without one. Throws 400 for what is no number of an event. */
export function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new HttpError(400, 'Last-Event-ID is not the id of an event.');
}

/**
 * Where a stream begins: behind the event that the client had last, else with the next event. An id that the
 * log does not have yet is of another log, whose place this one took: then everything is new.
 */
export async function startOf(head: LogHead, last: number | undefined): Promise<number> {
  await head.whenKnown();
  const next = head.recent.head ?? 0;
  if (last === undefined) return next;
  if (last < next) return Math.max(1, last + 1);
  const { nextSeq, oldestSeq } = await head.origin.info();
  return last < nextSeq ? last + 1 : oldestSeq;
}
