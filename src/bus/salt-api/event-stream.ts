import type { IncomingMessage } from 'node:http';
import { BrineError, type Clock, messageOf } from '../../core/index.ts';
import type { SaltApiConnections, SaltApiPlace } from './connection.ts';
import { EventText } from './event-text.ts';
import { refusalOf } from './refusal.ts';
import { pathAt } from './request.ts';

export interface EventStreamOptions {
  readonly place: SaltApiPlace;
  readonly connections: SaltApiConnections;
  readonly clock: Clock;
  readonly token: string;
  readonly eventBytesMax: number;
  /** salt-api has begun to write events. */
  readonly opened: () => void;
  readonly data: (text: string) => void;
  readonly tooLarge: (bytes: number) => void;
  /** Nothing more comes, or nothing ever came: told once, unless the stream was closed. */
  readonly ended: (error: Error) => void;
}

const openMs = 30_000;
const refusalBytesMax = 64 << 10;

/** One `GET /events`, read until it ends; the result closes it. */
export function openEventStream(options: EventStreamOptions): () => void {
  const { place, connections, clock, token } = options;
  const headers = { accept: 'text/event-stream', 'x-auth-token': token };
  const request = connections.request({ method: 'GET', path: pathAt(place, '/events'), headers }, false);
  let over = false;
  const cancel = clock.after(openMs, () => end(new Error(`it sent nothing within ${openMs} ms`)));
  const close = (): void => {
    over = true;
    cancel();
    request.destroy();
  };
  const end = (error: unknown): void => {
    if (over) return;
    close();
    options.ended(reasonOf(error));
  };
  // Stays when the stream is closed, which some errors only follow.
  request.on('error', end);
  request.once('response', (response) => {
    if (response.statusCode === 200) readEvents(response, options, cancel, end);
    else refused(response).then(end, end);
  });
  request.end();
  return close;
}

function readEvents(
  response: IncomingMessage,
  options: EventStreamOptions,
  heard: () => void,
  end: (error: unknown) => void,
): void {
  const text = new EventText({
    bytesMax: options.eventBytesMax,
    data: options.data,
    tooLarge: options.tooLarge,
  });
  response.once('data', () => {
    heard();
    options.opened();
  });
  response.on('data', (chunk: Buffer) => text.push(chunk));
  response.on('error', end);
  response.once('close', () => end(new Error('salt-api ended the stream')));
}

async function refused(response: IncomingMessage): Promise<Error> {
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > refusalBytesMax) break;
  }
  return refusalOf(response.statusCode ?? 0, text);
}

function reasonOf(error: unknown): Error {
  if (error instanceof Error) return error;
  return new BrineError('BUS_CLOSED', messageOf(error));
}
