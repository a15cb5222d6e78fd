import { expect, test } from 'vitest';
import { eventually } from '../../support/brine.ts';
import { Beside } from '../support/beside.ts';
import type { SaltLab } from '../support/lab.ts';
import { missing, type Release } from '../support/releases.ts';

const after: Release = '3006.28';
const relay = `
tell:
  runner.event.send:
    - args: [{tag: acme/out}, {data: {n: {{ data.n }}}}]
`;

/** Between 3006.24 and 3006.28 both sockets of a master change their framing. Nobody tells those who are connected. */
export function upgrade(release: Release, lab: () => SaltLab): void {
  if (release !== '3006.24') return;
  test.skipIf(missing(after) !== null)(
    'a master that is upgraded while Brine runs is read and fired at in its new framing',
    async () => {
      await using brine = await Beside.start(lab(), { reactor: { 'acme/in': relay }, name: 'upgrade' });
      expect(Object.fromEntries(brine.source.status())).toMatchObject({ reads: 'plain', fires: 'plain' });
      await brine.fire('acme/in', { n: 1 });
      await brine.event(
        ({ tag, data }) => tag === 'acme/out' && data['n'] === 1,
        'the event of the older master',
      );
      await lab().stopMaster('SIGKILL');
      lab().startMaster(after);
      await eventually(
        () => (brine.source.status().get('fires') === 'prefixed' ? true : undefined),
        'the framing of the newer master',
      );
      expect(brine.source.status().get('reads')).toBe('prefixed');
      await brine.fire('acme/in', { n: 2 });
      const event = await brine.event(
        ({ tag, data }) => tag === 'acme/out' && data['n'] === 2,
        'the event of the newer master',
      );
      expect(event.head.depth).toBe(1);
      expect(brine.events((tag) => tag === 'acme/out').length).toBe(2);
    },
  );
}
