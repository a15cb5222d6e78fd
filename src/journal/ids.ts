import type { Key } from './keys.ts';

/** An event id `<log id>-<sequence>` taken apart, or null when it has another form. */
export function eventParts(id: string): { logId: string; seq: number } | null {
  const dash = id.lastIndexOf('-');
  const seq = Number(id.slice(dash + 1));
  return dash > 0 && Number.isSafeInteger(seq) ? { logId: id.slice(0, dash), seq } : null;
}

/**
 * The key of a reaction, `<event id>.<n>`: in the order of events, so that what is written together lies
 * together in the file.
 */
export function reactionKey(id: string): Key {
  const dot = id.lastIndexOf('.');
  const event = eventParts(id.slice(0, Math.max(dot, 0)));
  const number = Number(id.slice(dot + 1));
  return event === null || !Number.isSafeInteger(number) ? [id] : [event.logId, event.seq, number];
}
