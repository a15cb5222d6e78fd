import { pack } from 'msgpackr';
import { encodeEvents } from '../../src/bus/index.ts';
import { mapOf, type NewEvents, type OutgoingEvent, toPlain } from '../../src/core/index.ts';

export const eventsPerMessage = 64;

/** Small events that the rule of the end-to-end benchmark wants. */
export function checkEvents(first: number, count: number): OutgoingEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    return { tag: `bench/${n % 16}`, data: mapOf({ n, id: `web${n % 100}.example.com`, state: 'down' }) };
  });
}

/** Job returns as a master sees them. */
function returnEvents(first: number, count: number): OutgoingEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `web${i % 10}`;
    const jid = String(20_261_122_000_000_000_000n + BigInt(first + i));
    const data = mapOf({
      id,
      jid,
      fun: 'test.ping',
      fun_args: [],
      return: true,
      retcode: 0,
      success: true,
      cmd: '_return',
    });
    return { tag: `salt/job/${jid}/ret/${id}`, data };
  });
}

export type MessageKind = 'checks' | 'returns';

export function messageOf(kind: MessageKind): NewEvents {
  const events = kind === 'checks' ? checkEvents(0, eventsPerMessage) : returnEvents(0, eventsPerMessage);
  return encodeEvents(events, 0);
}

/** The same events for bare ZeroMQ: `[tag, data]` each, so many to a message, in msgpackr's usual form. */
export function bareMessage(kind: MessageKind, count: number): Buffer {
  const events = kind === 'checks' ? checkEvents(0, count) : returnEvents(0, count);
  return pack(events.map(({ tag, data }) => [tag, toPlain(data)]));
}
