import { Unpackr } from 'msgpackr';
import { Pull } from 'zeromq';
import { eventsPerMessage, type MessageKind } from './messages.ts';
import { exited, startPeer } from './peer.ts';

/** Events a second that come through bare ZeroMQ push/pull from another process, each message decoded. */
export async function bareRate(path: string, kind: MessageKind, messages: number): Promise<number> {
  const socket = new Pull({ linger: 0 });
  await socket.bind(`ipc://${path}`);
  const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false });
  const child = startPeer('push', path, messages, kind);
  let received = 0;
  let begunMs = 0;
  for await (const [frame] of socket) {
    if (received === 0) begunMs = performance.now();
    unpackr.unpack(frame as Buffer);
    received += 1;
    if (received === messages) break;
  }
  const tookMs = performance.now() - begunMs;
  socket.close();
  await exited(child);
  return (messages * eventsPerMessage * 1000) / tookMs;
}
