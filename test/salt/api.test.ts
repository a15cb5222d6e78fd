import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { apiOptions, SaltApiLab } from './support/api.ts';
import { SaltLab } from './support/lab.ts';
import { besideEverySalt, type Release } from './support/releases.ts';

/** The token lives that long, so that it expires several times while the tests run. */
const tokenSeconds = 8;

const onReturn = `
{% if data.fun == 'cmd.run' and data.retcode == 3 %}
job:
  local.test.echo:
    - tgt: {{ data.id }}
    - args: [{text: 'after {{ data.jid }}'}]
group:
  local.test.arg:
    - tgt: web
    - tgt_type: nodegroup
    - arg: ['5', {a: 1.0}]
run:
  runner.test.arg:
    - args: [{who: {{ data.id }}}, {n: '7'}]
keys:
  wheel.key.list:
    - args: [{match: accepted}]
tell:
  runner.event.send:
    - args: [{tag: acme/told}, {data: {minion: {{ data.id }}, ratio: 2.0}}]
here:
  caller.test.arg: []
{% endif %}
`;
const onTold = `
told:
  local.test.echo:
    - tgt: {{ data.minion }}
    - args: [{text: 'told {{ data.ratio }}'}]
`;
const perReturn = `
{% if data.fun == 'test.arg' and data.fun_args and data.fun_args[0] == 'count' %}
count:
  local.test.echo:
    - tgt: {{ data.id }}
    - args: [{text: 'seen {{ data.fun_args[1] }}'}]
{% endif %}
`;

interface Decision {
  readonly tag: string;
  readonly reactions: readonly {
    readonly attempts: number;
    readonly dead?: string;
    readonly outcome?: { readonly ok: boolean; readonly jid: string; readonly detail: unknown };
  }[];
}

/** A reactor of Brine's on what could be another host, as a process. */
class FarReactor implements AsyncDisposable {
  readonly #shared: readonly string[];
  readonly #api: SaltApiLab;
  #daemon: Daemon;

  constructor(lab: SaltLab, api: SaltApiLab, name: string, saltApi: Record<string, unknown>) {
    const folder = lab.path(name);
    mkdirSync(folder);
    const rules: Record<string, string> = {
      'salt/job/*/ret/*': onReturn,
      'acme/told': onTold,
      'salt/job/*/ret/web*': perReturn,
    };
    const reactor = Object.entries(rules).map(([glob, text], i) => {
      writeFileSync(`${folder}/${i}.sls`, text);
      return { [glob]: [`${folder}/${i}.sls`] };
    });
    writeFileSync(`${folder}/reactors.conf`, JSON.stringify({ reactor }));
    const config = { reactors: `${folder}/reactors.conf`, salt_api: { eauth: 'auto', ...saltApi } };
    writeFileSync(`${folder}/brine.yaml`, JSON.stringify(config));
    this.#shared = ['--config', `${folder}/brine.yaml`, '--data-dir', `${folder}/d`];
    this.#api = api;
    this.#daemon = this.#begin();
  }

  #begin(): Daemon {
    const args = ['reactor', '--salt-api', this.#api.url, '--json', ...this.#shared];
    return new Daemon(args, { env: { ...process.env, BRINE_SALT_API_PASSWORD: 'any' } });
  }

  async ready(): Promise<void> {
    await this.#daemon.json((line) => line['ready'] === true);
  }

  async connected(): Promise<void> {
    await this.ready();
    await this.eventually(
      async () => ((await this.bus())['connected'] === true ? true : undefined),
      'a stream',
    );
  }

  async bus(): Promise<Record<string, unknown>> {
    const shown = await brine(['status', '--out', 'json', ...this.#shared]);
    return JSON.parse(shown.stdout).reactor.bus;
  }

  async decisions(): Promise<Decision[]> {
    const shown = await brine(['status', '--decisions', '1000', '--out', 'json', ...this.#shared]);
    return JSON.parse(shown.stdout);
  }

  /** As `eventually`, with what the reactor and salt-api printed when it does not happen. */
  async eventually<T>(find: () => Promise<T | undefined>, what: string, timeoutMs = 60_000): Promise<T> {
    return eventually(find, what, timeoutMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#daemon.output()}\n--- salt-api\n${this.#api.output}`);
    });
  }

  line(fits: RegExp): Promise<string> {
    return this.#daemon.line(fits);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon[Symbol.asyncDispose]();
  }
}

/** What the jobs of this function were given, as Salt's job cache has it. */
async function argumentsIn(lab: SaltLab, fun: string): Promise<string[]> {
  const listed = await lab.salt('salt-run', ['jobs.list_jobs', `search_function=${fun}`, '--out', 'json']);
  const jobs = Object.values(JSON.parse(listed) as Record<string, { Arguments: unknown[] }>);
  return jobs.map(({ Arguments }) => JSON.stringify(Arguments)).sort();
}

async function count(lab: SaltLab, n: number): Promise<void> {
  await lab.salt('salt', ['web1', 'test.arg', 'count', String(n), '--out', 'quiet']);
}

const echoOf = (text: string): string => JSON.stringify([{ __kwarg__: true, text }]);

besideEverySalt('Brine on another host, through salt-api', (release: Release) => {
  let lab: SaltLab;
  let api: SaltApiLab;
  let far: FarReactor;

  /** Each of these was returned, reacted to, and reacted to once. */
  const expectOnce = async (numbers: readonly number[]): Promise<void> => {
    const wanted = numbers.map((n) => echoOf(`seen ${n}`));
    const found = await far.eventually(async () => {
      const all = await argumentsIn(lab, 'test.echo');
      return wanted.every((one) => all.includes(one)) ? all : undefined;
    }, 'a reaction to every return');
    expect(found.filter((one) => wanted.includes(one))).toEqual([...wanted].sort());
  };

  beforeAll(async () => {
    const options = { token_expire: tokenSeconds, nodegroups: { web: 'L@web1' } };
    lab = await SaltLab.start(release, { master: apiOptions(options) });
    api = await SaltApiLab.start(lab);
    far = new FarReactor(lab, api, 'far', {
      username: 'brine',
      ca: api.cert,
      fingerprint: api.fingerprint,
    });
    await far.connected();
  });
  afterAll(async () => {
    await far?.[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  test('a return leads to jobs, a runner, a wheel and an event; a caller says why it cannot', async () => {
    await lab.salt('salt', ['web1', 'cmd.run', 'exit 3', '--out', 'quiet']).catch(() => '');
    const { reactions } = await far.eventually(async () => {
      const one = (await far.decisions()).find((decision) => decision.reactions.length === 6);
      return one?.reactions.filter(({ outcome }) => outcome?.ok).length === 5 ? one : undefined;
    }, 'five reactions');
    const dead = reactions.filter((one) => one.dead !== undefined);
    expect(dead).toMatchObject([{ attempts: 1, dead: expect.stringMatching(/caller reaction/) }]);
    const details = reactions.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome.detail]));
    expect(details).toContainEqual({ minions: ['web1'], missing: [] });
    expect(details).toContainEqual(expect.objectContaining({ return: { minions: ['web1'] } }));

    // The jid in Brine's record is the jid in Salt's job cache.
    const jids = reactions.map(({ outcome }) => outcome?.jid);
    const listed = await lab.salt('salt-run', [
      'jobs.list_jobs',
      'search_function=test.echo',
      '--out',
      'json',
    ]);
    expect(Object.keys(JSON.parse(listed)).some((jid) => jids.includes(jid))).toBe(true);
    expect(await argumentsIn(lab, 'test.arg')).toContain(JSON.stringify(['5', { a: 1 }]));

    // What the runner sent came back over the stream, as it was sent.
    await far.eventually(
      async () => ((await argumentsIn(lab, 'test.echo')).includes(echoOf('told 2.0')) ? true : undefined),
      'the reaction to the event',
    );
  });

  test('a token that expires midway costs no event and no reaction', async () => {
    const before = await far.bus();
    const numbers: number[] = [];
    const endMs = Date.now() + 2.5 * tokenSeconds * 1000;
    for (let n = 100; Date.now() < endMs; n += 1) {
      await count(lab, n);
      numbers.push(n);
    }
    await expectOnce(numbers);
    const after = await far.bus();
    expect(Number(after['logins'])).toBeGreaterThan(Number(before['logins']) + 1);
    expect(after).toMatchObject({ connected: true, gaps: before['gaps'] });
  });

  test('returns that came while salt-api was away are recovered, once', async () => {
    await count(lab, 1);
    await expectOnce([1]);
    await api.stop();
    await far.eventually(
      async () => ((await far.bus())['connected'] === false ? true : undefined),
      'the end of the stream',
    );
    for (const n of [2, 3, 4]) await count(lab, n);
    await api.start();
    await expectOnce([1, 2, 3, 4]);
    const bus = await far.eventually(async () => {
      const now = await far.bus();
      return Number(now['recovered']) >= 3 ? now : undefined;
    }, 'the count of recovered returns');
    expect(Number(bus['gaps'])).toBeGreaterThan(0);
  });

  test('a user who may not gets Salt’s words, once', async () => {
    await using limited = new FarReactor(lab, api, 'limited', {
      username: 'limited',
      fingerprint: api.fingerprint,
    });
    await limited.connected();
    await count(lab, 50);
    const refused = await limited.eventually(
      async () =>
        (await limited.decisions())
          .flatMap(({ reactions }) => reactions)
          .find(({ dead }) => dead !== undefined),
      'a dead letter',
    );
    expect(refused).toMatchObject({ attempts: 1, dead: expect.stringMatching(/Authorization error/) });
  });

  test('another certificate than the pinned one gets no password', async () => {
    const pinned = `00${api.fingerprint.slice(2)}`;
    await using wrong = new FarReactor(lab, api, 'wrong', { fingerprint: pinned });
    await wrong.ready();
    await wrong.line(/its certificate has the fingerprint/);
    expect(await wrong.bus()).toMatchObject({ connected: false, logins: 0 });
  });
});
