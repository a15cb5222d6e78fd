import { Push } from 'zeromq';
import { connectBus, connectLink, encodeBatch, encodeEvents } from '../src/bus/index.ts';
import { mapOf, type NewEvents } from '../src/core/index.ts';
import { systemClock as clock } from '../src/system/index.ts';

/** The other process of bench/bus.ts: pushes bare messages, publishes on a bus, or reads one. */
const eventsPerMessage = 64;
const outstanding = 32;

/** Job returns as a master sees them, 64 to a message. */
function messageOf(number: number): NewEvents {
  const events = Array.from({ length: eventsPerMessage }, (_, index) => {
    const id = `web${index % 10}`;
    const jid = String(20_261_122_000_000_000_000n + BigInt(number * eventsPerMessage + index));
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
  return encodeEvents(events, 0);
}

async function push(endpoint: string, messages: number): Promise<void> {
  const socket = new Push({ linger: -1 });
  socket.connect(endpoint);
  const same = Buffer.from(encodeBatch(messageOf(0), 0));
  for (let sent = 0; sent < messages; sent += 1) await socket.send(same);
  socket.close();
}

async function publish(endpoint: string, messages: number): Promise<void> {
  const link = connectLink({ endpoint, clock });
  const bus = connectBus(link, { clock });
  const same = messageOf(0);
  let left = messages;
  const publisher = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await bus.publishEncoded(same);
    }
  };
  await Promise.all(Array.from({ length: outstanding }, publisher));
  await bus.close();
  await link.close();
}

async function read(endpoint: string, messages: number): Promise<void> {
  const link = connectLink({ endpoint, clock });
  const bus = connectBus(link, { clock });
  const subscription = bus.subscribe({ from: 'now', prefixes: [], name: 'bench' });
  await subscription.ready;
  process.send?.('ready');
  let events = 0;
  for await (const message of subscription) {
    if (message.kind === 'events') events += message.batch.tags.length;
    if (events >= messages * eventsPerMessage) break;
  }
  process.send?.('done');
  await bus.close();
  await link.close();
  process.disconnect();
}

const [role, endpoint = '', messages = '0'] = process.argv.slice(2);
if (role === 'push') await push(endpoint, Number(messages));
if (role === 'publish') await publish(endpoint, Number(messages));
if (role === 'read') await read(endpoint, Number(messages));
