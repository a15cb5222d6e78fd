import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fireSaltEvents, packData, saltBody } from '../../src/bus/index.ts';
import { mapOf, stampAt, type Value } from '../../src/core/index.ts';
import { systemClock as clock } from '../../src/system/index.ts';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { SaltLab } from './support/lab.ts';
import { besideEverySalt } from './support/releases.ts';

/** Twenty reactor files of the forms that operators write; all of them act on events `load/…`. */
const bodies: readonly string[] = [
  `run:\n  runner.test.arg:\n    - args: [{x: {{ data.n }}}]\n`,
  `run:\n  runner.test.arg:\n    - args:\n      - text: "{{ data.text }}"\n`,
  `job:\n  local.test.arg:\n    - tgt: web1\n    - arg: [{{ data.n }}, two]\n`,
  `job:\n  local.test.kwarg:\n    - tgt: web1\n    - args:\n      - n: {{ data.n }}\n      - text: {{ data.text | json }}\n`,
  `job:\n  cmd.test.echo:\n    - tgt: 'web*'\n    - arg: ['{{ data.text }}']\n`,
  `job:\n  local.test.ping:\n    - tgt: [web1, web2]\n    - tgt_type: list\n`,
  `{% if data.n % 2 == 0 %}\neven:\n  runner.test.arg:\n    - args: [{even: true}]\n{% endif %}\n`,
  `{% if 'x' in data.text %}\nnever:\n  runner.test.arg: []\n{% else %}\nalways:\n  runner.test.arg:\n    - args: [{plain: {{ data.n }}}]\n{% endif %}\n`,
  `{% for one in data.list %}\n{{ one }}-run:\n  runner.test.arg:\n    - args: [{one: {{ one }}}]\n{% endfor %}\n`,
  `keys:\n  wheel.key.list_all: []\n`,
  `keys:\n  wheel.key.finger:\n    - args: [{match: 'web{{ data.n }}'}]\n`,
  `old:\n  runner.test.arg:\n    - one: {{ data.n }}\n`,
  `first:\n  runner.test.arg:\n    - args: [{a: 1}]\nsecond:\n  runner.test.arg:\n    - args: [{b: {{ data.n }}}]\n`,
  `{% set n = data.n * 2 %}\nset:\n  runner.test.arg:\n    - args: [{n: {{ n }}}, {tag: {{ tag }}}]\n`,
  `nested:\n  runner.test.arg:\n    - args:\n      - deep: {a: [1, {b: {{ data.n }}}], c: null}\n`,
  `filters:\n  runner.test.arg:\n    - args: [{text: "{{ data.text | upper | replace('A', 'B') }}"}]\n`,
  `typed:\n  runner.test.arg:\n    - args: [{flag: yes}, {octal: 0755}, {none: ~}]\n`,
  `group:\n  local.test.arg:\n    - tgt: web\n    - tgt_type: nodegroup\n    - arg: [{{ data.n }}]\n`,
  `broken: [\n`,
  `#!yaml\nstatic:\n  runner.test.arg:\n    - args: [{static: true}]\n`,
];

/** Every tenth event is watched, so that a slow reactor is through within the time of a test. */
const events = 2000;
const watched = 10;
/** Of every file but the broken one, which leads to nothing in either. */
const acting = (events / watched / bodies.length) * (bodies.length - 1);

besideEverySalt('Brine in the shadow of Salt’s reactor', (release) => {
  test('agrees with it on a mixed load', { timeout: 150_000 }, async () => {
    const files = Object.fromEntries(bodies.map((body, i) => [`r${i}.sls`, body]));
    const reactor = bodies.map((_, i) => ({ [`load/${i}/*`]: [`salt://r${i}.sls`] }));
    await using lab = await SaltLab.start(release, {
      files,
      master: { reactor, nodegroups: { web: 'L@web1' } },
    });
    const shared = ['--data-dir', lab.path('shadow')];
    await using daemon = new Daemon(['reactor', '--salt', lab.masterConfig, '--shadow', '--json', ...shared]);
    await daemon.json((line) => line['ready'] === true);
    await eventually(async () => {
      const { reactor: own } = JSON.parse((await brine(['status', '--out', 'json', ...shared])).stdout);
      return own.bus?.connected === true ? own : undefined;
    }, 'a connection');
    await load(lab);
    const agreed = await eventually(
      async () => {
        const { code, stdout } = await brine(['salt', 'diff', '--out', 'json', ...shared]);
        last = stdout;
        return code === 0 && JSON.parse(stdout).events === acting ? JSON.parse(stdout) : undefined;
      },
      'agreement',
      90_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${last}\n${daemon.output()}`);
    });
    expect(agreed).toMatchObject({ events: acting, only_brine: [], only_salt: [], different: [] });
    expect(agreed.same).toBeGreaterThan(acting);
    expect(agreed.unexplained).toEqual([]);

    // A job that Brine did not decide is named.
    await lab.salt('salt', ['web1', 'test.arg', 'by hand']);
    const named = await brine(['salt', 'diff', ...shared]);
    expect(named.stdout).toMatch(
      /by Salt’s reactor or by a person: \d{20} by \S+: local test\.arg on "web1"/,
    );
  });
});

let last = '';

async function load(lab: SaltLab): Promise<void> {
  const path = join(lab.sockDir, 'master_event_pull.ipc');
  const firing = fireSaltEvents({ path, clock });
  const framing = lab.release === '3006.24' ? 'plain' : 'prefixed';
  for (let n = 0; n < events; n += 1) {
    const kind = Math.floor(n / watched) % bodies.length;
    const tag = n % watched === 0 ? `load/${kind}/${n}` : `other/${n}`;
    const list: Value = [n, n + 1];
    const data = mapOf({ n, text: `a: ${n} ärger`, list, _stamp: stampAt(Date.now()) });
    await firing.fire(saltBody(tag, packData(data)), framing);
  }
  firing.close();
}
