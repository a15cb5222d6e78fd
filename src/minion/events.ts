import { packValue } from '../bus/index.ts';
import { BrineError, checkTag, type Value } from '../core/index.ts';
import type { ForMaster, LocalBus } from './local-bus.ts';
import type { EventSink } from './modules/types.ts';
import type { Spool } from './spool.ts';

/** Events that may wait for a master that is away; more are refused. */
const spooledEventsMax = 100_000;

/** Puts events for the master into the spool. Throws OVERLOADED and DISK_FULL; then nothing of it is kept. */
export async function spoolEvents(
  spool: Spool,
  events: readonly ForMaster[],
  sent: () => void,
): Promise<void> {
  if (spool.size('events') + events.length > spooledEventsMax) {
    throw new BrineError('OVERLOADED', `${spooledEventsMax} events wait for the master already.`);
  }
  await spool.addEvents(events);
  sent();
}

/** Where the functions of a running minion send their events. */
export function minionEvents(
  bus: LocalBus,
  forward: (events: readonly ForMaster[]) => Promise<void>,
  eventBytesMax: number,
): EventSink {
  return {
    fire: (tag, data) => bus.fire(tag, data),
    send: async (tag, data, jid) => {
      checkTag(tag);
      checkSize(data, eventBytesMax);
      await forward([{ tag, data, jid }]);
      return true;
    },
  };
}

function checkSize(data: Value, bytesMax: number): void {
  const bytes = packValue(data).length;
  if (bytes > bytesMax)
    throw new BrineError('EVENT_TOO_LARGE', `The event has ${bytes} bytes; ${bytesMax} are allowed.`);
}
