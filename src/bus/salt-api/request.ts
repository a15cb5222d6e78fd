import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { BrineError, type Clock, messageOf } from '../../core/index.ts';
import type { SaltApiConnections, SaltApiPlace } from './connection.ts';

export interface SaltApiAnswer {
  readonly status: number;
  readonly text: string;
}

export interface SaltApiCall {
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  readonly timeoutMs: number;
}

const answerBytesMax = 256 << 20;

/** The whole address of one of salt-api's routes. */
export function pathAt({ url }: SaltApiPlace, route: string): string {
  return url.pathname.replace(/\/+$/, '') + route;
}

/**
 * One POST and its answer, whatever its status. Throws BUS_CLOSED when nothing was sent, and TIMEOUT when it was
 * sent and perhaps done.
 */
export function postTo(
  connections: SaltApiConnections,
  call: SaltApiCall,
  clock: Clock,
): Promise<SaltApiAnswer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(call.body);
    const headers = { ...call.headers, 'content-length': bytes.length };
    const request = connections.request({ method: 'POST', path: call.path, headers }, true);
    let sent = false;
    // Not by way of the request: one that waits for its connection does not tell that it was destroyed.
    const cancel = clock.after(call.timeoutMs, () =>
      fail(new Error(`no answer within ${call.timeoutMs} ms`)),
    );
    const fail = (error: unknown): void => {
      cancel();
      request.destroy();
      reject(lostIn(error, sent));
    };
    // A request waits for its connection before anything of it is written.
    request.once('socket', (socket) => {
      if (!socket.connecting) sent = true;
      else socket.once('connect', () => (sent = true));
    });
    request.once('error', fail);
    request.once('response', (response) => {
      readAll(response).then((text) => {
        cancel();
        resolve({ status: response.statusCode ?? 0, text });
      }, fail);
    });
    request.end(bytes);
  });
}

function lostIn(error: unknown, sent: boolean): BrineError {
  const why = messageOf(error);
  return sent
    ? new BrineError('TIMEOUT', `salt-api did not answer: ${why}.`, { cause: error })
    : new BrineError('BUS_CLOSED', `salt-api cannot be reached: ${why}.`, { cause: error });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error(`the answer is larger than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
