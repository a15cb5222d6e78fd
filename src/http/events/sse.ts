import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sink } from './sink.ts';

/** How long a client has to take the reason for which it is cut off. */
const graceMs = 5000;

const beat = Buffer.from(': heartbeat\n\n');

/** Begins a stream of server-sent events with salt-api's headers and first line. */
export function beginStream(request: FastifyRequest, reply: FastifyReply): Sink {
  const headers = { ...reply.getHeaders() } as Record<string, string | string[]>;
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream;charset=utf-8',
    'cache-control': 'no-cache',
    connection: 'keep-alive',
    // Proxies that gather answers would hold events back.
    'x-accel-buffering': 'no',
  });
  request.socket.setNoDelay(true);
  request.socket.setKeepAlive(true, 30_000);
  raw.write('retry: 400\n');
  return responseSink(raw);
}

function responseSink(raw: ServerResponse): Sink {
  return {
    write: (frames) => raw.write(frames),
    onDrain: (listener) => void raw.on('drain', listener),
    onClose: (listener) => void raw.once('close', listener),
    beat: () => void raw.write(beat),
    end: (reason) => {
      raw.end(`: ${reason}\n\n`);
      const timer = setTimeout(() => raw.destroy(), graceMs);
      timer.unref();
      raw.once('close', () => clearTimeout(timer));
    },
  };
}
