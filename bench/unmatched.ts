import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bareRate } from './support/bare.ts';
import { inFolder } from './support/folder.ts';
import { eventsPerMessage } from './support/messages.ts';
import { exited, said, startPeer } from './support/peer.ts';
import { type BenchOptions, goal, median, type Row } from './support/report.ts';
import { Roles } from './support/roles.ts';
import { endEvent, reactionTo } from './support/sentinel.ts';

const ruleCount = 100;

export const about =
  `Job returns of about 150 bytes that no rule wants, ${eventsPerMessage} to a message, 32 messages under way: ` +
  'a publisher process → the master process with bus and journal (acknowledged after fdatasync) → the reactor process ' +
  `with ${ruleCount} rules, until the reactor has reacted to an event that was published after all of them. Bare: the ` +
  'same events pushed and pulled over ZeroMQ between two processes, nothing kept, nothing acknowledged. Rounds take turns.';

const rules = `rules:
  end:
    on: bench/end
    do:
      - local.test.echo: {tgt: sink, args: [done]}
${Array.from({ length: ruleCount - 1 }, (_, i) => `  app${i}:\n    on: acme/app${i}/*\n    do:\n      - local.test.ping: {tgt: sink}\n`).join('')}`;

/** Events a second that go the whole way to a reactor which wants none of them. */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  const messages = quick ? 50 : 10_000;
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'rules.yaml'), rules);
    await using roles = new Roles(folder, join(folder, 'rules.yaml'));
    await roles.start('master');
    await roles.start('reactor');
    const bus = await roles.connect();
    const results: Record<'ours' | 'decoded' | 'single' | 'packed', number[]> = {
      ours: [],
      decoded: [],
      single: [],
      packed: [],
    };
    for (let round = 0; round < (quick ? 1 : 4); round += 1) {
      const path = join(folder, `bare${round}`);
      results.ours.push(await oursRate(roles.endpoint(), messages));
      results.decoded.push(await bareRate(`${path}d`, 'returns', messages, 'decoded'));
      results.single.push(await bareRate(`${path}s`, 'returns', messages * 4, 'decoded, one a message'));
      results.packed.push(await bareRate(`${path}p`, 'returns', messages));
    }
    // The first round warms up.
    const value = (rates: readonly number[]): number => median(quick ? rates : rates.slice(1));
    return rowsOf(value(results.ours), {
      decoded: value(results.decoded),
      single: value(results.single),
      packed: value(results.packed),
    });

    async function oursRate(endpoint: string, count: number): Promise<number> {
      const publisher = startPeer('publish', endpoint.slice('ipc://'.length), count);
      const [begun, acknowledged] = [said(publisher, 'begun'), said(publisher, 'acknowledged')];
      await begun;
      const begunMs = performance.now();
      await acknowledged;
      await reactionTo(bus, endEvent);
      const tookMs = performance.now() - begunMs;
      await exited(publisher);
      return (count * eventsPerMessage * 1000) / tookMs;
    }
  });
}

function rowsOf(ours: number, bare: { decoded: number; single: number; packed: number }): Row[] {
  const row = { measure: 'unmatched events through bus and journal, durable', value: ours, unit: '/s' };
  const ratio = ours / bare.decoded;
  return [
    {
      ...row,
      against: 'bare ZeroMQ, msgpackr decodes all',
      ratio,
      note: `bare ${Math.round(bare.decoded).toLocaleString('en-US')} /s`,
      goal: goal('bus', ratio >= 0.5, `${ratio.toFixed(2)}×`),
    },
    {
      ...row,
      against: 'bare ZeroMQ, one event a message, decoded',
      ratio: ours / bare.single,
      note: `bare ${Math.round(bare.single).toLocaleString('en-US')} /s`,
    },
    {
      ...row,
      against: 'bare ZeroMQ, only tags decoded',
      ratio: ours / bare.packed,
      note: `bare ${Math.round(bare.packed).toLocaleString('en-US')} /s`,
    },
  ];
}
