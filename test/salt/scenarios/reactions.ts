import { expect, test } from 'vitest';
import { eventually } from '../../support/brine.ts';
import { Beside, jidOf } from '../support/beside.ts';
import type { SaltLab } from '../support/lab.ts';
import type { Release } from '../support/releases.ts';

/** What the event sockets of a release speak. */
const wires: { readonly [R in Release]: { readonly reads: string; readonly fires: string } } = {
  '3006.24': { reads: 'plain', fires: 'plain' },
  '3006.28': { reads: 'prefixed', fires: 'prefixed' },
  '3007.15': { reads: 'plain', fires: 'prefixed' },
  '3008.3': { reads: 'plain', fires: 'prefixed' },
};

const onReturn = `
{% if data.fun == 'cmd.run' and data.retcode == 3 %}
job:
  local.test.echo:
    - tgt: {{ data.id }}
    - args: [{text: 'after {{ data.jid }}'}]
run:
  runner.test.arg:
    - args: [{who: {{ data.id }}}]
keys:
  wheel.key.list_all: []
tell:
  runner.event.send:
    - args: [{tag: acme/told}, {data: {minion: {{ data.id }}}}]
{% endif %}
`;

/** What a return of a real minion sets off: one action of every kind, all by the master's own means. */
export function reactions(release: Release, lab: () => SaltLab): void {
  test('a return of a real minion leads to a job, a runner, a wheel and an event', async () => {
    await using brine = await Beside.start(lab(), { reactor: { 'salt/job/*/ret/*': onReturn } });
    expect(Object.fromEntries(brine.source.status())).toMatchObject(wires[release]);
    await lab()
      .salt('salt', ['web1', 'cmd.run', 'exit 3', '--out', 'quiet'])
      .catch(() => '');
    const failed = await brine.event(({ data }) => data['retcode'] === 3, 'the return of exit 3');
    const echo = await brine.event(
      ({ tag, data }) => data['fun'] === 'test.echo' && tag.includes('/ret/'),
      'the return of the job',
    );
    expect(echo.data['return']).toBe(`after ${jidOf(failed)}`);
    expect(echo.head.depth).toBe(1);
    const run = await brine.event(
      ({ tag, data }) => /^salt\/run\/.*\/ret$/.test(tag) && data['fun'] === 'runner.test.arg',
      'the runner',
    );
    expect(run.data['return']).toEqual({ args: [], kwargs: { who: 'web1' } });
    await brine.event(({ data }) => data['fun'] === 'wheel.key.list_all', 'the wheel');
    expect((await brine.event(({ tag }) => tag === 'acme/told', 'the event')).data['minion']).toBe('web1');

    const decision = await eventually(
      async () =>
        (await brine.decisions()).find(
          ({ reactions }) => reactions.every(({ outcome }) => outcome?.ok) && reactions.length === 4,
        ),
      'four outcomes',
    );
    const jids = decision.reactions.map(({ outcome }) => outcome?.jid);
    expect(jids).toContain(echo.data['jid']);
    const job = JSON.parse(await lab().salt('salt-run', ['jobs.list_job', jidOf(echo), '--out', 'json']));
    expect(job).toMatchObject({
      Function: 'test.echo',
      Result: { web1: { return: `after ${jidOf(failed)}` } },
    });
  });
}
