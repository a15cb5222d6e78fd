import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../../support/brine.ts';
import type { SaltLab } from '../support/lab.ts';

const sls = `
say:
  runner.test.arg:
    - args: []
`;

/** Salt's own commands, which ask the reactor by events on the bus. */
export function manage(lab: () => SaltLab): void {
  test('salt-run reactor.list, add and delete work against the reactor, and nothing does without the key', async () => {
    const folder = lab().path('manage');
    mkdirSync(join(folder, 'master.d'), { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(folder, `${name}.sls`), sls);
    const file = (name: string): string => join(folder, `${name}.sls`);
    writeFileSync(join(folder, 'master'), JSON.stringify(lab().options));
    const map = { reactor: [{ 'acme/old': [file('old')] }] };
    writeFileSync(join(folder, 'master.d', 'r.conf'), JSON.stringify(map));
    const shared = ['--data-dir', lab().path('managed')];
    // It prints its own events first, each beginning a line as the answer does.
    const salt = async (...args: string[]): Promise<unknown> => {
      const printed = await lab().salt('salt-run', ['-c', folder, ...args, '--out', 'json']);
      return JSON.parse(printed.split(/^(?=[[{])/m).at(-1) ?? '');
    };

    await using daemon = new Daemon(['reactor', '--salt', join(folder, 'master'), '--json', ...shared]);
    await daemon.json((line) => line['ready'] === true);
    await eventually(async () => {
      const { reactor } = JSON.parse((await brine(['status', '--out', 'json', ...shared])).stdout);
      return reactor.bus?.fires === null ? undefined : reactor;
    }, 'a connection');

    const old = { 'acme/old': [file('old')] };
    expect(await salt('reactor.list')).toEqual([old]);
    expect(await salt('reactor.add', 'acme/new', `reactors=${file('new')}`)).toMatchObject({ status: true });
    expect(await salt('reactor.list')).toEqual([old, { 'acme/new': [file('new')] }]);
    expect(await salt('reactor.add', 'acme/new', `reactors=${file('new')}`)).toMatchObject({ status: false });
    expect(await salt('reactor.delete', 'acme/new')).toMatchObject({ status: true });
    expect(await salt('reactor.delete', 'acme/new')).toMatchObject({ status: false });
    await daemon.line(/sends the key of the master over the event bus/);

    const forged = JSON.stringify({ event: 'acme/evil', reactors: [file('new')], key: 'guessed' });
    await lab().salt('salt-run', ['event.send', 'salt/reactors/manage/add', forged]);
    await daemon.line(/without the key of the master; nothing was changed/);
    expect(await salt('reactor.list')).toEqual([old]);
  });
}
