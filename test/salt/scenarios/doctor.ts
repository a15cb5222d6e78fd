import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brine } from '../../support/brine.ts';
import type { SaltLab } from '../support/lab.ts';
import { program } from '../support/releases.ts';

interface Found {
  readonly level: string;
  readonly about: string;
  readonly text: string;
  readonly change?: string;
}

/** What stands between an operator and the first reaction. */
export function doctor(lab: () => SaltLab): void {
  const examined = async (master: string, call: string): Promise<{ code: number | null; found: Found[] }> => {
    const config = lab().path('doctor.yaml');
    writeFileSync(config, JSON.stringify({ salt_call_command: [call], reactors: [] }));
    const flags = ['--data-dir', lab().path('doctor'), '--config', config, '--out', 'json'];
    const { code, stdout, stderr } = await brine(['salt', 'doctor', master, ...flags]);
    expect(stderr).toBe('');
    return { code, found: JSON.parse(stdout) as Found[] };
  };

  test('brine salt doctor finds a master that is well', async () => {
    const { code, found } = await examined(lab().masterConfig, program(lab().release, 'salt-call'));
    expect(found.filter(({ level }) => level !== 'ok').map(({ about }) => about)).toEqual(['reactor files']);
    expect(found.find(({ about }) => about === 'release')?.text).toContain(`Salt ${lab().release}`);
    expect(found.find(({ about }) => about === 'events')?.text).toMatch(/^are fired \w+ and read \w+$/);
    expect(code).toBe(0);
  });

  test('brine salt doctor says what is in the way, and what to change', async () => {
    const folder = lab().path('sick');
    const options = { ...lab().options, ret_port: 1, sock_dir: join(folder, 's'), root_dir: lab().dir };
    const file = `${folder}.conf`;
    writeFileSync(file, JSON.stringify({ ...options, reactor: [{ 'a/*': ['/no/such.sls'] }] }));
    const { code, found } = await examined(file, 'no-such-salt-call');
    expect(code).toBe(1);
    const bad = Object.fromEntries(
      found.filter(({ level }) => level !== 'ok').map((item) => [item.about, item]),
    );
    expect(Object.keys(bad)).toEqual([
      'events can be read',
      'events can be fired',
      'requests',
      'Salt’s own reactor',
      'reactor files',
      'caller reactions',
    ]);
    expect(Object.values(bad).every(({ change }) => change !== undefined && change !== '')).toBe(true);
    expect(bad['Salt’s own reactor']?.text).toContain('`reactor`');
  });

  test.runIf(process.getuid?.() === 0)(
    'brine salt doctor names the user that may not use the files',
    async () => {
      const { code, found } = await asNobody(lab());
      expect(code).toBe(1);
      expect(found.filter(({ level }) => level === 'error').map(({ about }) => about)).toContain('user');
      expect(found.find(({ about }) => about === 'the key can be read')).toMatchObject({ level: 'error' });
    },
  );
}

/** The same command as a user that has nothing to do with the master. */
async function asNobody(lab: SaltLab): Promise<{ code: number | null; found: Found[] }> {
  chmodSync(lab.dir, 0o755);
  const flags = ['--data-dir', '/nonexistent/brine', '--out', 'json'];
  const { code, stdout } = await brine(['salt', 'doctor', lab.masterConfig, ...flags], {
    uid: 65_534,
    cwd: '/',
  });
  return { code, found: JSON.parse(stdout) as Found[] };
}
