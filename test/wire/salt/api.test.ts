import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectSaltApi, unpackData } from '../../../src/bus/index.ts';
import {
  type Action,
  mapOf,
  type Outcome,
  type Plain,
  type Reaction,
  toPlain,
} from '../../../src/core/index.ts';
import { type SaltApiSource, type SaltPlane, saltApiPlane } from '../../../src/salt/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { eventually } from '../../support/brine.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { FakeApi, type FarOptions, type FarSource, farSource, page, serversGone } from './fake-api.ts';

const ids = systemIds(systemClock);
const openssl = process.env['OPENSSL'] ?? 'openssl';

interface Logged {
  readonly tag: string;
  readonly data: Record<string, Plain>;
  readonly depth: number | undefined;
}

function logged(source: SaltApiSource): Logged[] {
  return source.log.read(1, 1 << 30).flatMap(({ tags, bodies, heads }) =>
    tags.map((tag, i) => ({
      tag,
      data: toPlain(unpackData(bodies[i] as Uint8Array)) as Record<string, Plain>,
      depth: heads?.[i]?.depth,
    })),
  );
}

const tagsOf = (source: SaltApiSource): string[] => logged(source).map(({ tag }) => tag);
const has = (source: SaltApiSource, tag: string): Promise<true> =>
  eventually(() => (tagsOf(source).includes(tag) ? true : undefined), tag);
const connected = (source: SaltApiSource): Promise<true> =>
  eventually(() => (source.status().get('connected') === true ? true : undefined), 'a stream');

async function far(
  work: (fake: FakeApi, parts: FarSource) => Promise<void>,
  more: Partial<FarOptions> & { readonly lifeSeconds?: number } = {},
): Promise<void> {
  using folder = temporaryFolder();
  await using fake = await FakeApi.start();
  fake.lifeSeconds = more.lifeSeconds ?? 3600;
  await using parts = await farSource({ folder: folder.path, url: `http://127.0.0.1:${fake.port}`, ...more });
  parts.source.start();
  await connected(parts.source);
  await eventually(() => (fake.streams.length > 0 ? true : undefined), 'an open stream');
  await work(fake, parts);
}

describe('the events of a salt-api', () => {
  test('are in our log with their types', () =>
    far(async (fake, { source }) => {
      fake.write(
        'tag: a/b\r\ndata: {"tag": "a/b", "data": {"f": 1.0, "n": 12345678901234567890, "u": "é"}}\r\n\r\n',
      );
      fake.write(': a comment\n\ndata: {"tag": "a/nan", "data": {"x": NaN, "y": "NaN"}}\n\n');
      await has(source, 'a/nan');
      const packed = source.log.read(1, 1 << 20)[0]?.bodies[0] as Uint8Array;
      expect(toPlain(unpackData(packed).get('n') ?? null)).toEqual(12345678901234567890n);
      expect(Buffer.from(packed).includes(Buffer.from([0xcb, 0x3f, 0xf0]))).toBe(true);
      expect(logged(source)[1]?.data).toEqual({ x: null, y: 'NaN' });
    }));

  test('that are larger than allowed are a gap, however they are cut into pieces, and the next one is read', () =>
    far(
      async (fake, { source }) => {
        const piece = 'x'.repeat(10_000);
        fake.write('data: {"tag": "big", "data": {"x": "');
        for (let n = 0; n < 30; n += 1) fake.write(piece);
        fake.write('"}}\n\n');
        fake.emit('small', {});
        await has(source, 'small');
        expect(tagsOf(source)).toEqual(['brine/gap', 'small']);
        expect(logged(source)[0]?.data).toMatchObject({ source: 'salt-api', lost: 1 });
      },
      { eventBytesMax: 50_000 },
    ));

  test('that tell of a refused job hold no key and no token', () =>
    far(async (fake, { source }) => {
      const kwargs = { client: 'local_async', token: 'abc', password: 'x' };
      fake.emit('salt/job/error', { cmd: 'publish', fun: 'test.arg', key: 'k', kwargs, user: 'root' });
      await has(source, 'salt/job/error');
      const data = { cmd: 'publish', fun: 'test.arg', user: 'root', kwargs: { client: 'local_async' } };
      expect(logged(source)[0]?.data).toEqual(data);
    }));

  test('that are none are counted', () =>
    far(async (fake, { source }) => {
      fake.write('data: {"tag": 7, "data": {}}\n\ndata: {"tag": "x"}\n\ndata: nonsense\n\n');
      fake.emit('good', {});
      await has(source, 'good');
      expect(source.status().get('refused')).toBe(3);
      expect(tagsOf(source)).toEqual(['good']);
    }));
});

describe('a stream', () => {
  test('that is cut in the middle of an event is opened again, with a gap', () =>
    far(async (fake, { source }) => {
      fake.emit('one', {});
      await has(source, 'one');
      fake.write('data: {"tag": "half"');
      fake.endStreams('cut');
      await has(source, 'brine/gap');
      await eventually(() => (fake.streams.length > 0 ? true : undefined), 'another stream');
      fake.emit('two', {});
      await has(source, 'two');
      expect(tagsOf(source)).toEqual(['one', 'brine/gap', 'two']);
    }));

  test('whose token is refused is opened again with another', () =>
    far(async (fake, { source }) => {
      fake.expired.add('a0');
      fake.endStreams('end');
      await eventually(() => (fake.streams.includes('a1') ? true : undefined), 'a stream of the next token');
      await has(source, 'brine/gap');
      expect(source.status().get('connected')).toBe(true);
    }));

  test('goes over to the next token before the old one is too old: no event is missed, none is there twice', () =>
    far(
      async (fake, { source }) => {
        fake.emit('before', { n: 0 });
        await eventually(() => (fake.streams.length === 2 ? true : undefined), 'a second stream');
        fake.emit('both', { n: 1 });
        fake.emit('old only', { n: 2 }, 'a0');
        await eventually(
          () => (fake.streams.includes('a0') ? undefined : true),
          'the end of the first stream',
        );
        // The newer stream is behind, and brings it now.
        fake.emit('old only', { n: 2 }, 'a1');
        fake.emit('after', { n: 3 });
        await has(source, 'after');
        const tags = tagsOf(source);
        expect(tags.filter((tag) => tag === 'both')).toEqual(['both']);
        expect(tags.filter((tag) => tag === 'old only').length).toBeLessThanOrEqual(1);
        expect(tags).not.toContain('brine/gap');
        expect([tags[0], tags.at(-1)]).toEqual(['before', 'after']);
      },
      { lifeSeconds: 2 },
    ));

  test('is asked for ever more seldom when the login is refused', async () => {
    using folder = temporaryFolder();
    await using fake = await FakeApi.start();
    fake.login = () => ({ status: 401, body: page('Could not authenticate using provided credentials') });
    await using parts = await farSource({ folder: folder.path, url: `http://127.0.0.1:${fake.port}` });
    parts.source.start();
    await eventually(() => (fake.passwords.length >= 2 ? true : undefined), 'two logins', 10_000);
    expect(fake.passwords.length).toBeLessThan(5);
    expect(parts.source.status().get('connected')).toBe(false);
    // Reactions wait, and ask for no login of their own.
    const before = fake.passwords.length;
    const plane = planeFor(parts.source);
    for (let n = 0; n < 20; n += 1)
      await expect(plane.submit([job()])).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    expect(fake.passwords.length - before).toBeLessThan(2);
  });
});

function reaction(action: Action): Reaction {
  return { id: 'log-1.0', jid: ids.jid(), cause: { event: 'log-1', rule: 'r' }, depth: 1, action };
}

const job = (more: Partial<Extract<Action, { kind: 'local' }>> = {}): Reaction =>
  reaction({
    kind: 'local',
    fun: 'test.ping',
    tgt: 'web1',
    tgtType: 'glob',
    arg: [],
    kwarg: new Map(),
    ret: '',
    timeoutS: null,
    metadata: null,
    ...more,
  });
const runner = (arg: string[] = []): Reaction =>
  reaction({ kind: 'runner', fun: 'test.arg', arg, kwarg: mapOf({ who: 'web1' }), legacy: null });

function planeFor(source: SaltApiSource): SaltPlane {
  const more = { username: 'u', timeoutS: 5, nodegroups: {}, coalesceMs: 0 };
  return saltApiPlane({ source, clock: systemClock, ids, ...more });
}

/** To a plane that began after the reaction was decided, so that it may have been made before. */
async function submit(source: SaltApiSource, one: Reaction): Promise<Outcome> {
  const [outcome] = await planeFor(source).submit([one]);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

describe('work', () => {
  test('is asked for under the id that Brine has chosen', () =>
    far(async (fake, { source }) => {
      const plane = planeFor(source);
      fake.answer = ({ jid }) => ({ returned: { jid, minions: ['web1'] } });
      const one = job({ kwarg: mapOf({ x: 1 }) });
      expect(await plane.submit([one])).toMatchObject([{ ok: true, jid: one.jid, repeated: false }]);
      expect(fake.chunks[0]).toMatchObject({
        client: 'local_async',
        tgt: 'web1',
        jid: one.jid,
        arg: [{ __kwarg__: true, x: 1 }],
        metadata: { brine: { event: 'log-1', rule: 'r' } },
      });
      expect(JSON.stringify(fake.chunks)).not.toContain('secret');
    }));

  test('that may have been done before a restart is looked up by its id', () =>
    far(async (fake, { source }) => {
      const known = new Set<unknown>();
      let runs = 0;
      fake.answer = ({ client, jid, kwarg }) => {
        if (client === 'local_async') return { returned: { jid, minions: ['web1'] } };
        runs += 1;
        const run = `2026010100000000000${runs}`;
        const asked = (kwarg as { jid?: unknown } | undefined)?.jid;
        const found = known.has(asked) ? { jid: asked, Result: {} } : { jid: asked, Error: 'no job' };
        const data = { fun: 'runner.jobs.list_job', jid: run, return: found, success: true };
        setImmediate(() => fake.emit(`salt/run/${run}/ret`, data));
        return { returned: { tag: `salt/run/${run}`, jid: run } };
      };
      const [done, fresh] = [job(), job()];
      known.add(done.jid);
      expect(await submit(source, done)).toMatchObject({ ok: true, repeated: true, jid: done.jid });
      expect(await submit(source, fresh)).toMatchObject({ ok: true, repeated: false, jid: fresh.jid });
      expect(fake.chunks.filter(({ client }) => client === 'local_async').length).toBe(1);
      // What Brine asks for itself is no business of any rule.
      fake.emit('last', {});
      await has(source, 'last');
      expect(tagsOf(source)).toEqual(['last']);
    }));

  test('for nobody says so', () =>
    far(async (_, { source }) => {
      const [outcome] = await planeFor(source).submit([job()]);
      expect(outcome).toMatchObject({ ok: false, reason: 'no-minions', retryable: false });
    }));

  test('that the user may not do is refused in Salt’s words, without another login', () =>
    far(async (fake, { source }) => {
      for (const words of [
        'Authorization error occurred.',
        'Authentication failure of type &quot;token&quot; occurred for user u.',
      ]) {
        fake.answer = () => ({ status: 401, body: page(words) });
        const outcome = await submit(source, runner());
        expect(outcome).toMatchObject({ ok: false, reason: 'refused', retryable: false });
        expect(outcome.ok ? '' : outcome.message).toContain(words.replaceAll('&quot;', '"'));
      }
      expect(fake.tokens).toEqual(['a0']);
    }));

  test('whose client is off is refused in Salt’s words', () =>
    far(async (fake, { source }) => {
      fake.answer = () => ({ status: 400, body: page("Client disabled: 'wheel'.") });
      expect(await submit(source, job())).toMatchObject({ reason: 'refused', retryable: false });
    }));

  test('goes on with another token when the old one is refused', () =>
    far(async (fake, { source }) => {
      fake.answer = () => ({
        returned: { tag: 'salt/run/20260101000000000001', jid: '20260101000000000001' },
      });
      await eventually(async () => {
        fake.expired.add('a0');
        return (await submit(source, runner())).ok ? true : undefined;
      }, 'another token');
      expect(fake.tokens).toContain('a1');
    }));

  test('that got no answer is looked for on the bus, and not done twice', () =>
    far(async (fake, { source }) => {
      const one = runner(['five', 'a: 1']);
      fake.answer = () => 'cut';
      const plane = planeFor(source);
      expect(await plane.submit([one])).toMatchObject([{ ok: false, reason: 'timeout', retryable: true }]);
      expect(fake.chunks[0]).toMatchObject({ client: 'runner_async', arg: ['"five"', '"a: 1"'] });
      const jid = systemIds(systemClock).jid();
      fake.emit(`salt/run/${jid}/new`, {
        fun: 'runner.test.arg',
        fun_args: ['five', 'a: 1', { who: 'web1' }],
        jid,
      });
      await has(source, `salt/run/${jid}/new`);
      expect(await plane.submit([one])).toMatchObject([{ ok: true, repeated: true, jid }]);
      expect(fake.chunks.length).toBe(1);
    }));

  test('with an argument that salt-api would take for another is refused', () =>
    far(async (fake, { source }) => {
      expect(await submit(source, runner(['a=b']))).toMatchObject({ ok: false, retryable: false });
      expect(fake.chunks).toEqual([]);
    }));

  test('that sends an event knows it again, so that it has a cause and a depth', () =>
    far(async (fake, { source }) => {
      fake.answer = () => ({
        returned: { tag: 'salt/run/20260101000000000002', jid: '20260101000000000002' },
      });
      const data = mapOf({ a: 1, _stamp: 'mine' });
      expect(await submit(source, reaction({ kind: 'event', tag: 'acme/x', data }))).toMatchObject({
        ok: true,
      });
      expect(fake.chunks[0]).toMatchObject({ fun: 'event.send', kwarg: { tag: 'acme/x', data: { a: 1 } } });
      fake.emit('acme/x', { a: 2, _stamp: 's' });
      fake.emit('acme/x', { a: 1, _stamp: 's' });
      fake.emit('acme/x', { a: 1, _stamp: 't' });
      await eventually(() => (tagsOf(source).length === 3 ? true : undefined), 'the events');
      expect(logged(source).map(({ depth }) => depth)).toEqual([undefined, 1, undefined]);
    }));
});

describe('TLS', () => {
  test('is believed with a CA or a pin, and with both only when both fit', async () => {
    using folder = temporaryFolder();
    const cert = join(folder.path, 'c');
    const key = join(folder.path, 'k');
    const subject = ['-subj', '/CN=x', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', cert];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync(openssl, ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'ignore' });
    const ca = readFileSync(cert, 'utf8');
    const fingerprint = new X509Certificate(ca).fingerprint256;
    const wrong = `${fingerprint.slice(0, -2)}${fingerprint.endsWith('00') ? '01' : '00'}`;
    await using fake = await FakeApi.start({ cert: ca, key: readFileSync(key, 'utf8') });
    const cases: [string, Partial<FarOptions>, boolean][] = [
      ['a CA', { ca }, true],
      ['a pin', { fingerprint: fingerprint.toLowerCase() }, true],
      ['both', { ca, fingerprint }, true],
      ['none', {}, false],
      ['a wrong pin', { fingerprint: wrong }, false],
      ['a CA and a wrong pin', { ca, fingerprint: wrong }, false],
    ];
    for (const [name, trust, good] of cases) {
      const url = `https://127.0.0.1:${fake.port}`;
      await using parts = await farSource({ folder: join(folder.path, name), url, ...trust });
      const before = fake.passwords.length;
      const token = parts.api.session.token();
      if (good) expect(await token, name).toMatch(/^a\d/);
      else await expect(token, name).rejects.toMatchObject({ code: 'BUS_CLOSED' });
      expect(fake.passwords.length - before, name).toBe(good ? 1 : 0);
    }
  });

  test('that never begins is given up, and the next login tries anew', async () => {
    let connections = 0;
    const mute = createServer((socket) => {
      connections += 1;
      socket.resume();
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const clock = new VirtualClock();
    const place = { url: new URL(`https://127.0.0.1:${port}`), ca: undefined, fingerprint: undefined };
    const credentials = { username: 'u', eauth: 'auto', password: () => Promise.resolve('secret') };
    const api = connectSaltApi({ place, credentials, clock });
    for (const nth of [1, 2]) {
      const refused = expect(api.session.token()).rejects.toMatchObject({ code: 'BUS_CLOSED' });
      await eventually(() => (connections === nth ? true : undefined), `connection ${nth}`);
      await clock.advance(10_000);
      await refused;
    }
    expect(clock.pending).toBe(0);
    api.close();
    await new Promise((resolve) => mute.close(resolve));
    await serversGone();
  });
});
