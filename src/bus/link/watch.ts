import type { Dealer } from 'zeromq';
import type { Clock } from '../../core/index.ts';
import type { LinkStatus } from '../types.ts';

/** A refused key may be accepted later, so a refused client asks again after this time. */
const refusedPauseMs = 1000;

/** Tells how a client's connection fares until its socket is closed. */
export async function watchConnection(
  socket: Dealer,
  endpoint: string,
  clock: Clock,
  changed: (status: LinkStatus) => void,
): Promise<void> {
  let cancelRetry: () => void = () => undefined;
  const lost = (reason: string): void => changed({ kind: 'lost', reason });
  for await (const event of socket.events) {
    switch (event.type) {
      case 'handshake':
        changed({ kind: 'connected' });
        break;
      case 'disconnect':
        lost('the other side closed the connection');
        break;
      case 'connect:retry':
        lost('nobody answers');
        break;
      case 'handshake:error:auth':
        lost('the key is not accepted');
        cancelRetry();
        cancelRetry = clock.after(refusedPauseMs, () => reconnect(socket, endpoint));
        break;
      case 'handshake:error:protocol':
      case 'handshake:error:other':
        lost('the other side does not speak the protocol, or has another key');
        break;
      default:
        break;
    }
    if (event.type === 'end') break;
  }
  cancelRetry();
}

/** ZeroMQ gives up after a refusal; a new connection makes it ask again. */
function reconnect(socket: Dealer, endpoint: string): void {
  if (socket.closed) return;
  socket.disconnect(endpoint);
  socket.connect(endpoint);
}
