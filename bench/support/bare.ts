import { Unpackr } from 'msgpackr';
import { Pull } from 'zeromq';
import { eventsPerMessage, type MessageKind } from './messages.ts';
import { exited, type PeerRole, startPeer } from './peer.ts';

/** How bare ZeroMQ carries events: each body still packed, everything decoded, or that with an event a message. */
export type Bare = 'bodies packed' | 'decoded' | 'decoded, one a message';

const roles: Readonly<Record<Bare, PeerRole>> = {
  'bodies packed': 'push',
  decoded: 'push-events',
  'decoded, one a message': 'push-single',
};

/** Events a second that come through bare ZeroMQ push/pull from another process, each message decoded. */
export async function bareRate(
  path: string,
  kind: MessageKind,
  messages: number,
  how: Bare = 'bodies packed',
): Promise<number> {
  const socket = new Pull({ linger: 0 });
  await socket.bind(`ipc://${path}`);
  const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: how !== 'bodies packed' });
  const child = startPeer(roles[how], path, messages, kind);
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
  const each = how === 'decoded, one a message' ? 1 : eventsPerMessage;
  return (messages * each * 1000) / tookMs;
}
