import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { unpackValue } from '../../../src/bus/index.ts';
import { type JobLoad, jobFromValue, silentTelemetry } from '../../../src/core/index.ts';
import { Outgoing } from '../../../src/master/jobs/outgoing.ts';
import { FakeClock } from './fake-clock.ts';

const job = (jid: string): JobLoad => jobFromValue(new Map([['jid', jid]]));
const jobs = (count: number): JobLoad[] => Array.from({ length: count }, (_, i) => job(String(i)));

function setUp(takes: () => boolean = () => true) {
  const clock = new FakeClock();
  const sent: [string, string[]][] = [];
  const givenUp: string[] = [];
  const gone = new Set<string>();
  const outgoing = new Outgoing({
    clock,
    telemetry: silentTelemetry,
    send: async (id, bytes) => {
      const loads = unpackValue(bytes);
      const taken = takes();
      if (taken) sent.push([id, Array.isArray(loads) ? loads.map((load) => jobFromValue(load).jid) : []]);
      return taken;
    },
    isAttached: (id) => !gone.has(id),
    giveUp: (id) => givenUp.push(id),
  });
  return { clock, sent, givenUp, gone, outgoing };
}

describe('jobs on their way out', () => {
  it('go to each attached minion in one message for one turn', async () => {
    const { sent, outgoing } = setUp();
    outgoing.open('web1', [job('0')]);
    outgoing.open('web2', []);
    outgoing.add('web1', job('1'));
    outgoing.add('web2', job('1'));
    outgoing.add('away', job('1'));
    outgoing.add('web1', job('2'));
    await turn();
    expect(sent).toEqual([
      ['web1', ['0', '1', '2']],
      ['web2', ['1']],
    ]);
  });

  it('wait until the minion has confirmed earlier ones, in order', async () => {
    const { sent, outgoing } = setUp();
    outgoing.open('web1', jobs(1200));
    await turn();
    expect(sent.map(([, jids]) => jids.length)).toEqual([400]);
    outgoing.confirmed('web1', sent[0]?.[1].slice(0, 300) ?? []);
    await turn();
    expect(sent.map(([, jids]) => jids.length)).toEqual([400, 300]);
    for (let round = 0; round < 2; round += 1) {
      outgoing.confirmed(
        'web1',
        sent.flatMap(([, jids]) => jids),
      );
      await turn();
    }
    expect(sent.flatMap(([, jids]) => jids)).toEqual(jobs(1200).map(({ jid }) => jid));
  });

  it('of one rule that the minion does not take leave room for others', async () => {
    const { sent, outgoing } = setUp();
    const of = (rule: string, count: number): JobLoad[] =>
      Array.from({ length: count }, (_, i) => ({ ...job(`${rule}${i}`), cause: { event: 'e', rule } }));
    outgoing.open('web1', of('stuck', 1000));
    await turn();
    expect(sent.map(([, jids]) => jids.length)).toEqual([400]);
    for (const load of of('works', 50)) outgoing.add('web1', load);
    await turn();
    expect(sent[1]?.[1]).toEqual(of('works', 50).map(({ jid }) => jid));
  });

  it('are all sent again on a new connection', async () => {
    const { sent, outgoing } = setUp();
    outgoing.open('web1', [job('0')]);
    await turn();
    outgoing.close('web1');
    outgoing.add('web1', job('1'));
    await turn();
    expect(sent).toHaveLength(1);
    outgoing.open('web1', [job('0'), job('1')]);
    await turn();
    expect(sent[1]).toEqual(['web1', ['0', '1']]);
  });

  it('end the session of a minion whose connection takes nothing', async () => {
    const { givenUp, outgoing } = setUp(() => false);
    outgoing.open('web1', [job('0')]);
    await turn();
    expect(givenUp).toEqual(['web1']);
  });

  it('end the session of a minion that confirms nothing for a minute', async () => {
    const { clock, givenUp, gone, outgoing } = setUp();
    for (const id of ['quiet', 'busy', 'idle', 'gone']) outgoing.open(id, id === 'idle' ? [] : jobs(2));
    await turn();
    clock.advance(59_000);
    outgoing.confirmed('busy', ['0']);
    gone.add('gone');
    clock.advance(2000);
    outgoing.sweep();
    expect(givenUp).toEqual(['quiet']);
  });
});
