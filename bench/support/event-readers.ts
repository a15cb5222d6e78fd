/**
 * Readers of `/events` in a process of their own: `event-readers.ts PORT TOKEN READERS`. All take what comes; every
 * hundredth also looks at it and notes how old each event is. Commands come as messages: `stall` opens one more, which
 * reads nothing; `report` asks for the ages since the last report.
 */
import { connect, type Socket } from 'node:net';

export interface Report {
  readonly ages: readonly number[];
  readonly bytes: number;
  readonly open: number;
}

const [port = '', token = '', readers = ''] = process.argv.slice(2);
const probeEvery = 100;
const atOnce = 50;
const request = `GET /events HTTP/1.1\r\nhost: localhost\r\nx-auth-token: ${token}\r\n\r\n`;
/** Everybody reads into the same place: nobody looks. */
const nowhere = new Uint8Array(1 << 18);
let ages: number[] = [];
let bytes = 0;
let open = 0;

function count(size: number): boolean {
  bytes += size;
  return true;
}

function begun(socket: Socket): Socket {
  open += 1;
  socket.on('error', () => undefined);
  socket.once('close', () => {
    open -= 1;
  });
  socket.write(request);
  return socket;
}

/** Resolves when the stream has begun. */
function reader(): Promise<void> {
  return new Promise((resolve) => {
    const callback = (size: number): boolean => {
      resolve();
      return count(size);
    };
    const socket = connect({ port: Number(port), host: '127.0.0.1', onread: { buffer: nowhere, callback } });
    socket.once('connect', () => begun(socket));
  });
}

function probe(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => begun(socket));
    socket.setEncoding('latin1');
    socket.once('data', () => resolve());
    let rest = '';
    socket.on('data', (text: string) => {
      count(text.length);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      const nowMs = Date.now();
      for (const line of lines) {
        const sentMs = /"sent": ?(\d+)/.exec(line)?.[1];
        if (sentMs !== undefined) ages.push(nowMs - Number(sentMs));
      }
    });
  });
}

process.on('message', (command) => {
  if (command === 'stall') {
    const socket = connect(Number(port), '127.0.0.1', () => {
      begun(socket).pause();
      process.send?.('stalled');
    });
    socket.pause();
  } else if (command === 'report') {
    const report: Report = { ages, bytes, open };
    ages = [];
    bytes = 0;
    process.send?.(report);
  }
});
process.on('disconnect', () => process.exit());

for (let i = 0; i < Number(readers); i += atOnce)
  await Promise.all(
    Array.from({ length: Math.min(atOnce, Number(readers) - i) }, (_, k) =>
      (i + k) % probeEvery === 0 ? probe() : reader(),
    ),
  );
process.send?.('open');
