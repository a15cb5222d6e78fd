import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configKeys, type LoadOptions, loadSettings, type Settings } from '../../../src/config/index.ts';
import type { Problem } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const home = { HOME: '/home/ada' };

function settingsOf(options: Partial<LoadOptions>): Settings {
  const loaded = loadSettings({ env: home, cwd: '/srv', ...options });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.settings;
}

function withFile<T>(text: string, use: (file: string, folder: string) => T): T {
  using folder = temporaryFolder();
  const file = join(folder.path, 'brine.yaml');
  writeFileSync(file, text);
  return use(file, folder.path);
}

function problemsOf(text: string): readonly Problem[] {
  return withFile(text, (file) => {
    const loaded = loadSettings({ file, env: home, cwd: '/srv' });
    return loaded.ok ? [] : loaded.problems;
  });
}

describe('settings without a file', () => {
  it('need no root and no file', () => {
    const settings = settingsOf({});
    expect(settings.file).toBeNull();
    expect(settings.dataDir).toBe('/home/ada/.local/state/brine');
    expect(settings.sockDir).toBe('/home/ada/.local/state/brine/run');
    expect(settings.minion.id).toBe(hostname().toLowerCase());
    expect(settings.master.id).toBe(`${hostname().toLowerCase()}_master`);
    expect(settings.master.port).toBe(4515);
    expect(settings.minion.master).toBeNull();
  });

  it('take the data folder from the flag, then the environment, then the state folder', () => {
    const env = { ...home, XDG_STATE_HOME: '/var/state', BRINE_DATA_DIR: '/var/brine' };
    expect(settingsOf({ env, dataDir: 'here' }).dataDir).toBe('/srv/here');
    expect(settingsOf({ env }).dataDir).toBe('/var/brine');
    expect(settingsOf({ env: { ...env, BRINE_DATA_DIR: '' } }).dataDir).toBe('/var/state/brine');
  });

  it('move the sockets elsewhere when the data folder is too deep for one', () => {
    const deep = `/srv/${'deep/'.repeat(30)}`;
    const one = settingsOf({ dataDir: deep }).sockDir;
    const other = settingsOf({ dataDir: `${deep}2` }).sockDir;
    expect(Buffer.byteLength(one) + '/minion-0123456789.ipc'.length).toBeLessThanOrEqual(107);
    expect(one).not.toBe(other);
    expect(settingsOf({ dataDir: deep, env: { ...home, XDG_RUNTIME_DIR: '/run/user/7' } }).sockDir).toMatch(
      /^\/run\/user\/7\/brine-\d+-[0-9a-f]{12}$/,
    );
  });

  it('use the reactors of the working folder, else the ones of the package', () => {
    using folder = temporaryFolder();
    const shipped = settingsOf({ cwd: folder.path }).reactor.reactors;
    expect(shipped).toEqual([join(import.meta.dirname, '../../../reactors')]);
    mkdirSync(join(folder.path, 'reactors'));
    expect(settingsOf({ cwd: folder.path }).reactor.reactors).toEqual([join(folder.path, 'reactors')]);
  });

  it('are frozen through and through', () => {
    const settings = settingsOf({});
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.reactor.fileRoots)).toBe(true);
  });

  it('let the caller override keys', () => {
    const settings = settingsOf({ overrides: { id: 'm1', port: 0, reactors: ['a', '/b'] } });
    expect([settings.minion.id, settings.master.port]).toEqual(['m1', 0]);
    expect(settings.reactor.reactors).toEqual(['/srv/a', '/b']);
  });
});

describe('a configuration file', () => {
  it('sets values, with paths relative to itself', () => {
    const text = [
      'id: web1',
      'presence_events: yes',
      'reactors: [r, /abs, ~/mine]',
      'file_roots: {base: [states]}',
      'modules_dir: mods',
      'data_dir: state',
      'grains: {role: db, disks: [1, 2]}',
      'reactor_retry_base: 0.25',
    ].join('\n');
    withFile(text, (file, folder) => {
      const settings = settingsOf({ file });
      expect(settings.reactor.reactors).toEqual([join(folder, 'r'), '/abs', '/home/ada/mine']);
      expect(settings.reactor.fileRoots).toEqual({ base: [join(folder, 'states')] });
      expect(settings.minion.modulesDir).toBe(join(folder, 'mods'));
      expect(settings.dataDir).toBe(join(folder, 'state'));
      expect(settings.master.presenceEvents).toBe(true);
      expect(settings.minion.grains.get('disks')).toEqual([1, 2]);
      expect(settings.reactor.retryBaseMs).toBe(250);
    });
  });

  it('may be named by the environment, and may be empty', () => {
    withFile('', (file) => {
      expect(settingsOf({ env: { ...home, BRINE_CONFIG: file } }).file).toBe(file);
    });
  });

  it('has every problem reported at once, at its place', () => {
    const found = problemsOf('prot: 4515\nid: a/b\nauto_accept:\n  - {id: x, fingerprnt: y}\nport: 70000\n');
    const short = found.map((problem) => [problem.code, problem.line, problem.column, problem.hint]);
    expect(short).toEqual(
      expect.arrayContaining([
        ['CONFIG_UNKNOWN_KEY', 1, 1, 'Did you mean `port`?'],
        ['CONFIG_BAD_VALUE', 2, 5, undefined],
        ['CONFIG_UNKNOWN_KEY', 4, 13, 'Did you mean `fingerprint`?'],
        ['CONFIG_BAD_VALUE', 5, 7, undefined],
      ]),
    );
    expect(found.find((problem) => problem.line === 5)?.source).toBe('port: 70000');
  });

  it('says what a value must be', () => {
    const [problem] = problemsOf('log_level: loud');
    expect(problem?.message).toBe(
      '`log_level` is the text "loud"; `log_level` must be one of trace, debug, info, warn, error, silent.',
    );
  });

  it.each([
    ['a: [1, 2', 'CONFIG_SYNTAX', 1],
    ['port: 1\nport: 2\n', 'CONFIG_DUPLICATE_KEY', 2],
    ['- a\n- b\n', 'CONFIG_NOT_A_MAP', 1],
    ['port:\n', 'CONFIG_BAD_VALUE', 1],
    ['grains: 7\n', 'CONFIG_BAD_VALUE', 1],
    ['nodegroups: {a: {b: c}}\n', 'CONFIG_BAD_VALUE', 1],
  ])('that reads %j is %s', (text, code, line) => {
    expect(problemsOf(text)[0]).toMatchObject({ code, line, severity: 'error' });
  });

  it('that does not exist is a problem, not a crash', () => {
    const loaded = loadSettings({ file: '/nowhere/brine.yaml', env: home, cwd: '/' });
    expect(loaded).toMatchObject({ ok: false, problems: [{ code: 'CONFIG_UNREADABLE' }] });
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, key = '', fallback = '']) => [key, fallback]),
  );

  it('lists the keys that exist, in their order, and no others', () => {
    expect([...rows.keys()]).toEqual(Object.keys(configKeys));
  });

  it('states their defaults', () => {
    for (const [name, { fallback }] of Object.entries(configKeys)) {
      if (fallback !== null && fallback !== undefined) {
        const text = typeof fallback === 'object' ? JSON.stringify(fallback) : String(fallback);
        expect(`${name} ${rows.get(name)}`).toBe(`${name} \`${text}\``);
      }
    }
  });
});
