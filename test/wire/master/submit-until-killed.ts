// Run as a child process: a master that takes reactions from itself and prints each jid it has acknowledged, until
// it is killed.
import { connectLink, packValue, unpackValue } from '../../../src/bus/index.ts';
import { fromPlain, silentTelemetry, toPlain } from '../../../src/core/index.ts';
import { createMaster } from '../../../src/master/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { endpointOf, ids, settingsFor } from './support.ts';

const master = createMaster(settingsFor(process.argv[2] ?? ''), {
  clock: systemClock,
  ids,
  telemetry: silentTelemetry,
});
await master.start();
const link = connectLink({ endpoint: endpointOf(master, 'local'), clock: systemClock });
const ask = async (verb: string, payload: Parameters<typeof fromPlain>[0]): Promise<unknown> =>
  toPlain(unpackValue(await link.request(verb, packValue(fromPlain(payload)), 10_000)));
await ask('wheel', { fun: 'key.gen_accept', arg: ['web1'], kwarg: {}, user: 'test' });

const local = { kind: 'local', fun: 'test.ping', tgt: 'web1', tgt_type: 'glob', arg: [], kwarg: {}, ret: '' };
const event = (jid: string): object => ({ kind: 'event', tag: `sent/${jid}`, data: {} });

const writer = async (): Promise<void> => {
  for (;;) {
    const reactions = Array.from({ length: 20 }, (_, i) => {
      const jid = ids.jid();
      return { id: jid, jid, event: 'e', rule: 'r', depth: 1, action: i % 2 === 0 ? local : event(jid) };
    });
    process.stdout.write(`asked ${reactions.map(({ jid }) => jid).join(' ')}\n`);
    await ask('submit', reactions);
    process.stdout.write(`taken ${reactions.map(({ jid }) => jid).join(' ')}\n`);
  }
};
await Promise.all([writer(), writer(), writer(), writer()]);
