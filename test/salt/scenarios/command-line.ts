import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../../support/brine.ts';
import type { SaltLab } from '../support/lab.ts';
import { program } from '../support/releases.ts';

const onGo = `
{% set asked = salt['saltutil.runner']('test.arg', kwarg={'q': data.n}) %}
{% set keys = salt['saltutil.wheel']('key.list', ['accepted']) %}
group:
  local.test.arg:
    - tgt: web
    - tgt_type: nodegroup
    - arg: [{{ asked.kwargs.q }}, {{ keys.minions[0] }}]
old:
  runner.error.error:
    - message: {{ data.text }}
here:
  caller.test.arg:
    - args: [one, 2, '# three', {a: [1]}]
`;

interface Decision {
  readonly verdict: string;
  readonly reactions: readonly {
    readonly outcome?: { readonly ok: boolean; readonly jid: string; readonly detail: unknown };
  }[];
}

/** The whole of it as an operator runs it: two commands and the master's own file. */
export function commandLine(lab: () => SaltLab): void {
  test('brine reactor --salt needs nothing but the path of the configuration', async () => {
    const folder = lab().path('cli');
    mkdirSync(join(folder, 'master.d'), { recursive: true });
    writeFileSync(join(folder, 'go.sls'), onGo);
    writeFileSync(join(folder, 'master'), JSON.stringify(lab().options));
    writeFileSync(
      join(folder, 'master.d', 'r.conf'),
      JSON.stringify({ reactor: [{ 'acme/go': [join(folder, 'go.sls')] }] }),
    );
    const call = [program(lab().release, 'salt-call'), '-c', lab().minionDir];
    writeFileSync(
      join(folder, 'brine.yaml'),
      JSON.stringify({ salt_call_command: call, lookup_allow: ['runner.test.arg'] }),
    );
    const shared = ['--data-dir', lab().path('data'), '--config', join(folder, 'brine.yaml')];

    await using daemon = new Daemon(['reactor', '--salt', join(folder, 'master'), '--json', ...shared]);
    await daemon.json((line) => line['ready'] === true);
    const status = await eventually(async () => {
      const { reactor } = JSON.parse((await brine(['status', '--out', 'json', ...shared])).stdout);
      return reactor.bus?.fires === null ? undefined : reactor;
    }, 'a connection');
    expect(status).toMatchObject({ rules: 1, bus: { salt_master: join(folder, 'master'), connected: true } });

    await lab().salt('salt-run', ['event.send', 'acme/go', '{n: 7, text: "it: [is]"}']);
    const decision = await eventually(async () => {
      const shown = await brine(['status', '--decisions', '10', '--out', 'json', ...shared]);
      const [first] = JSON.parse(shown.stdout) as Decision[];
      return first?.reactions.every(({ outcome }) => outcome !== undefined) ? first : undefined;
    }, 'three outcomes').catch((error: Error) => {
      throw new Error(`${error.message}\n${daemon.output()}`);
    });
    expect(decision.verdict).toBe('fired');
    expect(decision.reactions.map(({ outcome }) => outcome?.ok)).toEqual([true, true, true]);
    const details = decision.reactions.map(({ outcome }) => outcome?.detail);
    expect(details).toContainEqual({ minions: ['web1'], missing: [] });
    const args = ['one', 2, '# three', { a: [1] }];
    expect(details).toContainEqual({ return: expect.objectContaining({ args }) });
    await eventually(async () => {
      const job = decision.reactions.find(({ outcome }) =>
        JSON.stringify(outcome?.detail).includes('minions'),
      );
      const jid = job?.outcome?.jid ?? '';
      const cached = await lab().salt('salt-run', ['jobs.lookup_jid', jid, '--out', 'json']);
      return cached.includes('"web1"') && cached.includes('7') ? true : undefined;
    }, 'the job with what the master was asked');
    await daemon.kill('SIGTERM');
    expect(daemon.child.exitCode).toBe(0);
  });
}
