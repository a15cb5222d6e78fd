/**
 * A reader of `/events` that may be killed at any moment: `sse-reader.ts URL-FILE TOKEN LEDGER`. What it has seen is
 * in the ledger, one id a line, and where the ledger ends it goes on by `Last-Event-ID`. When the server goes away it
 * comes back, at the address that the file has then.
 */
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const [urlFile = '', token = '', ledger = ''] = process.argv.slice(2);
const retryMs = 50;

const known = existsSync(ledger) ? readFileSync(ledger) : Buffer.alloc(0);
const file = openSync(ledger, 'a');
// A line that was torn by the kill was not seen.
const whole = known.lastIndexOf(10) + 1;
ftruncateSync(file, whole);
process.once('exit', () => closeSync(file));
let lastId = known.subarray(0, whole).toString().trimEnd().split('\n').at(-1) ?? '';

for (;;) {
  await readOnce(readFileSync(urlFile, 'utf8')).catch(() => undefined);
  await pause(retryMs);
}

/** One connection, until it ends. */
function readOnce(url: string): Promise<void> {
  const headers = { 'x-auth-token': token, ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
  return new Promise((resolve, reject) => {
    const request = get(`${url}/events`, { headers, agent: false }, (response) => {
      response.on('error', reject);
      response.on('close', resolve);
      if (response.statusCode !== 200) {
        request.destroy();
        return;
      }
      if (lastId === '') process.stdout.write('reading\n');
      response.setEncoding('utf8');
      let rest = '';
      response.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        const ids = blocks.flatMap((block) => /^id: (\d+)$/m.exec(block)?.[1] ?? []);
        if (ids.length === 0) return;
        writeSync(file, `${ids.join('\n')}\n`);
        lastId = ids.at(-1) ?? lastId;
      });
    });
    request.on('error', reject);
  });
}
