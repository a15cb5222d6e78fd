import { expect, test } from 'vitest';
import { eventually } from '../../support/brine.ts';
import { Beside } from '../support/beside.ts';
import type { SaltLab } from '../support/lab.ts';

const onGo = `
here:
  caller.test.arg:
    - args: [one]
tell:
  runner.event.send:
    - args: [{tag: acme/told}, {data: {n: {{ data.n }}}}]
there:
  local.test.ping:
    - tgt: '*'
`;

/** A minion has a bus of its own, on which Brine reacts with what a minion can do. */
export function minion(lab: () => SaltLab): void {
  test('on the bus of a minion events and callers are reactions, jobs are not', async () => {
    await using brine = await Beside.start(lab(), {
      reactor: { 'acme/go': onGo },
      name: 'minion',
      minion: true,
    });
    await lab().salt('salt-call', ['event.fire', '{n: 5}', 'acme/go']);
    const told = await brine.event(({ tag }) => tag === 'acme/told', 'the event on the bus of the minion');
    expect(told).toMatchObject({ data: { n: 5 }, head: { depth: 1 } });
    await eventually(
      () => (brine.reactor.status().get('settled') === 2 ? true : undefined),
      'the outcomes of the caller and the event',
    );
    await eventually(
      () => (brine.reactor.status().get('died') === 1 ? true : undefined),
      'the end of the job',
    );
    expect(brine.traces).toContainEqual(
      expect.objectContaining({ kind: 'reaction.dead', reason: 'unsupported' }),
    );
  });
}
