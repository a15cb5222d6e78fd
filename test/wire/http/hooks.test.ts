import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawHook } from '../../../src/config/index.ts';
import { EventReader } from './event-reader.ts';
import { type Answer, World } from './support.ts';

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');
const nowS = (): number => Math.floor(Date.now() / 1000);

const hooks: Record<string, RawHook> = {
  github: {
    tag: 'ci/github/{{ headers["x-github-event"] }}',
    check: { kind: 'github', secret: 'gh-secret' },
    data: {
      repo: '{{ body.repository.full_name }}',
      n: '{{ body.number }}',
      via: 'hook {{ hook }}',
      plain: [1, true],
    },
    body_max: 2000,
  },
  gitlab: { tag: 'ci/gitlab', check: { kind: 'gitlab', secret: 'gl-secret' } },
  slack: { tag: 'chat/slack', check: { kind: 'slack', secret: 'sl-secret' } },
  stripe: {
    tag: 'pay/{{ body.type }}',
    check: { kind: 'stripe', secret: 'st-secret' },
    data: { id: '{{ body.id }}' },
  },
  alerts: {
    tag: 'alert/am',
    check: { kind: 'alertmanager', user: 'am', secret: 'am-secret' },
    data: { all: '{{ body }}' },
  },
  plain: {
    tag: 'plain/{{ body.to }}',
    check: { kind: 'header', header: 'X-Own', secret: 'own-secret' },
    delivery: '{{ headers.get("x-request-id", "") }}',
    data: { headers: '{{ headers }}', query: '{{ query }}', text: '{{ text }}' },
  },
  slow: {
    tag: 'slow',
    check: { kind: 'header', header: 'X-Own', secret: 's' },
    rate: 0.01,
    burst: 2,
    data: {},
  },
};

interface Sample {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const json = { 'content-type': 'application/json' };

function githubSample(id: string, body = '{"repository":{"full_name":"a/b"},"number":7}'): Sample {
  const headers = {
    ...json,
    'x-github-event': 'push',
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${hmac('gh-secret', body)}`,
  };
  return { headers, body };
}

function slackSample(body: string, time = nowS()): Sample {
  const signature = `v0=${hmac('sl-secret', `v0:${time}:${body}`)}`;
  return {
    headers: { ...json, 'x-slack-request-timestamp': String(time), 'x-slack-signature': signature },
    body,
  };
}

function stripeSample(body: string, time = nowS()): Sample {
  const signature = `t=${time},v1=${hmac('st-secret', `${time}.${body}`)}`;
  return { headers: { ...json, 'stripe-signature': signature }, body };
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

/** A good delivery of each kind, and the header to spoil. */
const samples: readonly [hook: string, sample: () => Sample, proof: string][] = [
  ['github', () => githubSample('d-1'), 'x-hub-signature-256'],
  [
    'gitlab',
    () => ({
      headers: { ...json, 'x-gitlab-token': 'gl-secret', 'x-gitlab-event-uuid': 'u-1' },
      body: '{"a": 1}',
    }),
    'x-gitlab-token',
  ],
  ['slack', () => slackSample('{"type":"event_callback","event_id":"Ev1"}'), 'x-slack-signature'],
  ['stripe', () => stripeSample('{"id":"evt_1","type":"invoice.paid"}'), 'stripe-signature'],
  [
    'alerts',
    () => ({ headers: { ...json, authorization: basic('am:am-secret') }, body: '{"status":"firing"}' }),
    'authorization',
  ],
  [
    'plain',
    () => ({ headers: { ...json, 'x-own': 'own-secret', 'x-request-id': 'r-1' }, body: '{"to": "x"}' }),
    'x-own',
  ],
];

describe('named hooks', () => {
  let world: World;
  let token: string;
  const send = (hook: string, { headers, body }: Sample, query = ''): Promise<Answer> =>
    world.ask(`/hook/${hook}${query}`, { method: 'POST', headers, body });
  const events = async (count: number): Promise<EventReader['events']> => {
    const reader = new EventReader({ port: world.port, token, lastEventId: 0 });
    const own = (): EventReader['events'] => reader.events.filter(({ tag }) => !tag.startsWith('salt/'));
    await reader.until(() => own().length >= count);
    reader.kill();
    return own();
  };
  const countNow = async (): Promise<number> => {
    // An event of our own behind all others shows that there are no more.
    const mark = `mark/${Math.random()}`;
    await world.ask(`/hook/${mark}`, { token, json: {} });
    const reader = new EventReader({ port: world.port, token, lastEventId: 0 });
    await reader.until((seen) => seen.some(({ tag }) => tag.endsWith(mark)));
    reader.kill();
    return reader.events.filter(({ tag }) => !tag.startsWith('salt/')).length;
  };

  beforeAll(async () => {
    world = await World.open({ hooks }, { minion: false });
    token = await world.login();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(samples)('%s takes what is right, once, and nothing that is wrong', async (hook, sample, proof) => {
    const before = await countNow();
    const good = sample();
    const wrong = { ...good, headers: { ...good.headers, [proof]: `${good.headers[proof]}x` } };
    const refused = await send(hook, wrong);
    expect([refused.status, refused.headers['content-type']]).toEqual([401, 'application/problem+json']);
    const { [proof]: _, ...without } = good.headers;
    expect((await send(hook, { ...good, headers: without })).status).toBe(401);
    const first = await send(hook, good);
    expect([first.status, first.json]).toMatchObject([
      200,
      { repeated: false, id: expect.stringMatching(/^[0-9a-f]{8}-\d+$/) },
    ]);
    const again = await send(hook, good);
    expect(again.json).toEqual({ ...(first.json as object), repeated: true });
    expect(await countNow()).toBe(before + 1);
  });

  it('map what came, and hide what proves who sends', async () => {
    const seen = await events(6);
    const data = (tag: string): Record<string, unknown> | undefined =>
      seen.find((event) => event.tag === tag)?.data;
    expect(data('ci/github/push')).toMatchObject({ repo: 'a/b', n: 7, via: 'hook github', plain: [1, true] });
    expect(data('pay/invoice.paid')).toMatchObject({ id: 'evt_1' });
    expect(data('ci/gitlab')).toMatchObject({
      hook: 'gitlab',
      body: { a: 1 },
      headers: { 'x-gitlab-token': '**********' },
    });
    expect(data('chat/slack')).toMatchObject({ headers: { 'x-slack-signature': '**********' } });
    expect(JSON.stringify(seen)).not.toMatch(/(gh|gl|sl|st|am|own)-secret/);
    await send(
      'plain',
      { headers: { ...json, 'x-own': 'own-secret' }, body: '{"to": "q"}' },
      '?token=abc&a=1',
    );
    const [plain] = (await events(7)).filter(({ tag }) => tag === 'plain/q');
    expect(plain?.data).toMatchObject({ query: { token: '**********', a: '1' }, text: '{"to": "q"}' });
    expect(JSON.stringify(world.traces)).not.toMatch(/-secret/);
  });

  it('say who sent each event, with a mark by which the log can be asked for it', async () => {
    const { json } = await world.ask('/v1/events?tag=ci/&tag=chat/', { token });
    const { events: found } = json as { events: { source: string }[] };
    expect(found.length).toBeGreaterThan(2);
    for (const { source } of found) expect(source).toMatch(/^api:hook:\w+@127\.0\.0\.1#[0-9a-f]{16}$/);
  });

  it('refuse copies under another id, and what was signed too long ago', async () => {
    const good = githubSample('d-2', '{"repository":{"full_name":"c/d"},"number":8}');
    const first = await send('github', good);
    const copy = await send('github', { ...good, headers: { ...good.headers, 'x-github-delivery': 'd-3' } });
    expect(copy.json).toEqual({ ...(first.json as object), repeated: true });
    for (const late of [slackSample('{}', nowS() - 301), slackSample('{}', nowS() + 310)]) {
      const { status, text } = await send('slack', late);
      expect([status, text]).toEqual([401, expect.stringContaining('signed too long ago')]);
    }
    expect((await send('stripe', stripeSample('{"id":"e","type":"x"}', nowS() - 400))).status).toBe(401);
    // Slack signs each retry anew; its event id stays.
    const body = '{"type":"event_callback","event_id":"Ev9"}';
    const one = await send('slack', slackSample(body, nowS() - 5));
    const retry = await send('slack', slackSample(body, nowS()));
    expect(retry.json).toEqual({ ...(one.json as object), repeated: true });
  });

  it('remember deliveries behind a restart', async () => {
    const good = githubSample('d-9', '{"repository":{"full_name":"r/s"},"number":9}');
    const first = await send('github', good);
    await world.stopApi();
    await world.startApi();
    expect((await send('github', good)).json).toEqual({ ...(first.json as object), repeated: true });
  });

  it('answer the word that Slack asks for', async () => {
    const answer = await send('slack', slackSample('{"type":"url_verification","challenge":"3eZbrw1a"}'));
    expect([answer.status, answer.text]).toEqual([200, '3eZbrw1a']);
    expect(answer.headers['content-type']).toContain('text/plain');
  });

  it('refuse bodies that are too large, broken or cannot be mapped, in this order', async () => {
    const large = `{"x": "${'y'.repeat(2000)}"}`;
    const statusOf = async (hook: string, sample: Sample): Promise<number> =>
      (await send(hook, sample)).status;
    expect(await statusOf('github', { ...githubSample('l', large), headers: json })).toBe(413);
    expect(await statusOf('github', { headers: json, body: 'no json' })).toBe(401);
    expect(await statusOf('github', githubSample('b1', 'no json'))).toBe(400);
    expect(await statusOf('github', githubSample('b2', '{"number": 1}'))).toBe(400);
    const own = { ...json, 'x-own': 'own-secret' };
    for (const to of ['', '..', '../salt/auth', 'a\nb', 'a/../b', 'a\u202eb', 'a\u0000b'])
      expect(await statusOf('plain', { headers: own, body: JSON.stringify({ to }) })).toBe(400);
    expect(await statusOf('plain', { headers: { ...own, 'content-encoding': 'gzip' }, body: '{}' })).toBe(
      415,
    );
    expect(await statusOf('plain', { headers: own, body: '{"to": {"a": 1}}' })).toBe(200);
    const bytes = await world.ask('/hook/plain', {
      method: 'POST',
      headers: own,
      body: Buffer.from([0xff, 0xfe]),
    });
    expect(bytes.status).toBe(400);
  });

  it('have a rate, and say when to come again', async () => {
    const ask = (): Promise<Answer> => send('slow', { headers: { 'x-own': 's' }, body: '' });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const full = await ask();
    expect(full.status).toBe(429);
    expect(full.json).toMatchObject({ code: 'OVERLOADED', status: 429 });
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(90);
    // Whoever cannot sign takes nothing of the rate.
    expect((await send('slow', { headers: {}, body: '' })).status).toBe(401);
  });

  it('are not reached around their check', async () => {
    const before = await countNow();
    const raw = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'x-auth-token': token };
        const sent = request(
          { port: world.port, host: '127.0.0.1', path, method: 'POST', headers },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        sent.on('error', reject);
        sent.end('{}');
      });
    const tricks = [
      'github',
      'github/',
      'GitHub',
      '/github',
      'github/x',
      '%67ithub',
      'github%2fx',
      './github',
      'x/../github',
      'github;x',
      'github%00',
      '%2e%2e/github',
      '..%2fgithub',
    ];
    for (const trick of tricks) {
      const status = await raw(`/hook/${trick}`);
      expect([trick, [400, 401, 404].includes(status) || trick === 'github;x']).toEqual([trick, true]);
    }
    const tags = (await events(before)).map(({ tag }) => tag).filter((tag) => tag.startsWith('ci/github'));
    expect(new Set(tags)).toEqual(new Set(['ci/github/push']));
    expect(await countNow()).toBe(before);
  });

  it('are answered 503 while the master is away, and taken when it is back', async () => {
    await world.stopMaster();
    const good = githubSample('d-away', '{"repository":{"full_name":"w/x"},"number":1}');
    const away = await send('github', good);
    expect([away.status, away.headers['retry-after']]).toEqual([503, '1']);
    await world.startMaster();
    let back = away;
    for (const endMs = Date.now() + 20_000; back.status !== 200 && Date.now() < endMs; )
      back = await send('github', good);
    expect(back.json).toMatchObject({ repeated: false });
    expect((await send('github', good)).json).toMatchObject({ repeated: true });
  });
});

describe('hooks without login', () => {
  it('send no tag of a named hook', async () => {
    const named: RawHook = {
      tag: 'salt/netapi/hook/deploys/{{ body.x }}',
      check: { kind: 'gitlab', secret: 'x' },
    };
    await using world = await World.open(
      { hooks: { deploy: named }, hook_without_login: true },
      { minion: false },
    );
    const status = async (path: string): Promise<number> => (await world.ask(path, { json: {} })).status;
    expect(await status('/hook/other')).toBe(200);
    expect(await status('/hook/deploys/1')).toBe(401);
    expect(await status('/hook//deploys//1')).toBe(401);
    expect(await status('/hook/deploy')).toBe(401);
    expect(await status('/hook/deploy/1')).toBe(404);
  });
});
