import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { unpackValue } from '../../../src/bus/index.ts';
import { type JobLoad, jobFromValue } from '../../../src/core/index.ts';
import { Outgoing } from '../../../src/master/jobs/outgoing.ts';
import { FakeClock } from './fake-clock.ts';

const job = (jid: string): JobLoad => jobFromValue(new Map([['jid', jid]]));

function setUp(takes: () => boolean) {
  const clock = new FakeClock();
  const sent: [string, string[]][] = [];
  const givenUp: string[] = [];
  const waiting: JobLoad[] = [];
  const outgoing = new Outgoing({
    clock,
    send: async (id, bytes) => {
      const taken = takes();
      const loads = unpackValue(bytes);
      if (taken) sent.push([id, Array.isArray(loads) ? loads.map((load) => jobFromValue(load).jid) : []]);
      return taken;
    },
    isAttached: (id) => id !== 'away',
    unconfirmed: () => waiting,
    giveUp: (id) => givenUp.push(id),
  });
  return { clock, sent, givenUp, waiting, outgoing };
}

describe('jobs on their way out', () => {
  it('go to each minion in one message for one turn', async () => {
    const { sent, outgoing } = setUp(() => true);
    outgoing.add('web1', [job('1')]);
    outgoing.add('away', [job('1')]);
    outgoing.add('web2', [job('1'), job('2')]);
    outgoing.add('web1', [job('2')]);
    await turn();
    expect(sent).toEqual([
      ['web1', ['1', '2']],
      ['web2', ['1', '2']],
    ]);
  });

  it('wait for a full connection, and then everything unconfirmed goes in one message', async () => {
    let free = false;
    const { clock, sent, waiting, outgoing } = setUp(() => free);
    waiting.push(job('1'), job('2'));
    outgoing.add('web1', [job('1')]);
    await turn();
    outgoing.add('web1', [job('2')]);
    await turn();
    expect([sent.length, clock.waiting]).toEqual([0, 1]);
    free = true;
    clock.advance(250);
    await turn();
    expect(sent).toEqual([['web1', ['1', '2']]]);
    outgoing.add('web1', [job('3')]);
    await turn();
    expect(sent.at(-1)).toEqual(['web1', ['3']]);
    expect(clock.waiting).toBe(0);
  });

  it('are given up after some attempts', async () => {
    const { clock, waiting, givenUp, outgoing } = setUp(() => false);
    waiting.push(job('1'));
    outgoing.add('web1', [job('1')]);
    await turn();
    for (let attempt = 0; attempt < 20 && givenUp.length === 0; attempt += 1) {
      clock.advance(250);
      await turn();
    }
    expect(givenUp).toEqual(['web1']);
    expect(clock.waiting).toBe(0);
  });
});
