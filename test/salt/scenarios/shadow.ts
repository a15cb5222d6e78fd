import { expect, test } from 'vitest';
import { eventually } from '../../support/brine.ts';
import { Beside, textOf } from '../support/beside.ts';
import type { SaltLab } from '../support/lab.ts';

const act = `
go:
  local.test.echo:
    - tgt: web1
    - args: [{text: {{ data.n }}}]
run:
  runner.test.arg: []
tell:
  wheel.key.list_all: []
`;

/** A reactor in the shadow leaves no trace on Salt's bus. */
export function shadow(lab: () => SaltLab): void {
  test('in the shadow everything is decided and nothing is done', async () => {
    const options = { reactor: { 'test/go': act }, name: 'shadow' };
    {
      await using brine = await Beside.start(lab(), { ...options, shadow: true });
      for (let n = 1; n <= 3; n += 1) await brine.fire('test/go', { n });
      const decisions = await eventually(async () => {
        const found = await brine.decisions();
        return found.length === 3 ? found : undefined;
      }, 'three decisions');
      expect(decisions.map(({ verdict }) => verdict)).toEqual(['fired', 'fired', 'fired']);
      const first = decisions[0]?.reactions[0]?.outcome;
      expect(first?.detail).toMatchObject({
        shadow: true,
        action: { kind: 'local', fun: 'test.echo', tgt: 'web1' },
      });
      expect(brine.reactor.status().get('shadow')).toBe(true);
      // Whatever had been sent would be on the bus before what is fired now.
      await brine.fire('test/end', {});
      await brine.event(({ tag }) => tag === 'test/end', 'the last event');
      const asked = ['test.echo', 'runner.test.arg', 'wheel.key.list_all'];
      expect(brine.events().filter(({ data }) => asked.includes(textOf(data['fun'])))).toEqual([]);
    }
    // What was decided in the shadow is not made up for later.
    await using brine = await Beside.start(lab(), options);
    await brine.fire('test/go', { n: 4 });
    await brine.event(({ data }) => data['return'] === 4, 'the job of the reactor that acts');
    expect(brine.events().filter(({ data }) => data['fun'] === 'test.echo' && 'return' in data).length).toBe(
      1,
    );
  });
}
