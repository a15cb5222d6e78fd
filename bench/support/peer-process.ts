import { Push } from 'zeromq';
import { connectBus, connectLink, encodeBatch } from '../../src/bus/index.ts';
import { systemClock as clock } from '../../src/system/index.ts';
import { bareMessage, eventsPerMessage, type MessageKind, messageOf } from './messages.ts';

/** The other process of a benchmark: pushes bare messages, publishes on a bus, or reads one. */
const outstanding = 32;

async function push(endpoint: string, messages: number, same: Buffer): Promise<void> {
  const socket = new Push({ linger: -1 });
  socket.connect(endpoint);
  for (let sent = 0; sent < messages; sent += 1) await socket.send(same);
  socket.close();
}

async function publish(endpoint: string, messages: number, kind: MessageKind): Promise<void> {
  const link = connectLink({ endpoint, clock });
  const bus = connectBus(link, { clock });
  const same = messageOf(kind);
  let left = messages;
  process.send?.('begun');
  const publisher = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await bus.publishEncoded(same);
    }
  };
  await Promise.all(Array.from({ length: outstanding }, publisher));
  process.send?.('acknowledged');
  await bus.close();
  await link.close();
  process.disconnect();
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

const [role, endpoint = '', messages = '0', given = 'returns'] = process.argv.slice(2);
const kind: MessageKind = given === 'checks' ? 'checks' : 'returns';
if (role === 'push') await push(endpoint, Number(messages), Buffer.from(encodeBatch(messageOf(kind), 0)));
if (role === 'push-events') await push(endpoint, Number(messages), bareMessage(kind, eventsPerMessage));
if (role === 'push-single') await push(endpoint, Number(messages), bareMessage(kind, 1));
if (role === 'publish') await publish(endpoint, Number(messages), kind);
if (role === 'read') await read(endpoint, Number(messages));
