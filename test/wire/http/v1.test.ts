import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canaryPrefix } from '../../../src/core/index.ts';
import { OwnApi } from './own-api.ts';
import type { Answer } from './support.ts';

type Item = Record<string, unknown>;

const itemsOf = ({ json }: Answer, name: string): Item[] => (json as Record<string, Item[]>)[name] ?? [];
const nextOf = ({ json }: Answer): string | null => (json as { next: string | null }).next;
const codeOf = ({ status, json }: Answer): [number, unknown] => [status, (json as Item)['code']];

describe('the own API', () => {
  let own: OwnApi;
  let token: string;
  let ids: string[];

  const get = (path: string): Promise<Answer> => own.ask(path, { token });
  const allPages = async (path: string, name: string): Promise<Item[]> => {
    const all: Item[] = [];
    for (let cursor = ''; ; ) {
      const answer = await get(`${path}${cursor}`);
      expect(answer.status).toBe(200);
      all.push(...itemsOf(answer, name));
      const next = nextOf(answer);
      if (next === null) return all;
      cursor = `&cursor=${next}`;
    }
  };
  const deadLetters = async (count: number): Promise<Item[]> => {
    await own.traces.until(() => own.traces.of('reaction.dead').length >= count);
    return itemsOf(await get('/v1/dead-letters'), 'dead_letters');
  };

  beforeAll(async () => {
    own = await OwnApi.open();
    token = await own.world.login();
    ids = await own.publish(token, [
      { tag: 'deploy/a', data: { n: 1, id: 'web1' } },
      { tag: 'deploy/b', data: { n: 2, fail: true } },
      { tag: 'salt/job/20260101000000000000/ret/web1', data: { jid: '20260101000000000000', id: 'web1' } },
      { tag: 'deploy/c', data: { n: 3, fail: true, jid: 'j' } },
    ]);
  });
  afterAll(() => own[Symbol.asyncDispose]());

  it('publishes once for a key, and says who sent it', async () => {
    const send = (key: string, n: number, tag = 'once/a'): Promise<Answer> =>
      own.ask('/v1/events', { token, json: { tag, data: { n } }, headers: { 'idempotency-key': key } });
    const first = await send('k1', 1);
    expect(first.json).toMatchObject({ tag: 'once/a', repeated: false });
    expect((await send('k1', 1)).json).toEqual({ ...(first.json as Item), repeated: true });
    expect(codeOf(await send('k1', 2))).toEqual([400, 'BAD_ARGUMENT']);
    expect((await send('k2', 1)).json).toMatchObject({ repeated: false });
    const other = await own.token('other', { emit: ['once/*'] });
    const headers = { 'idempotency-key': 'k1' };
    const foreign = await own.ask('/v1/events', { token: other, json: { tag: 'once/a' }, headers });
    expect(foreign.json).toMatchObject({ repeated: false });
    const events = itemsOf(await get('/v1/events?tag=once/'), 'events');
    expect(events.map(({ source }) => String(source).replace(/#[0-9a-f]{16}$/, '#'))).toEqual([
      'api:tester@127.0.0.1#',
      'api:tester@127.0.0.1#',
      'api:token:other@127.0.0.1#',
    ]);
  });

  it('comes to the end of a log that ends with events that nobody is shown', async () => {
    const hidden = { tag: `${canaryPrefix}x/1`, data: {} };
    expect((await own.ask('/v1/events', { token, json: hidden })).status).toBe(200);
    const shown = itemsOf(await get('/v1/events?from=1h&limit=1000'), 'events').map(({ tag }) => String(tag));
    expect(shown).toContain('deploy/a');
    expect(shown.filter((tag) => tag.startsWith(canaryPrefix))).toEqual([]);
    const headers = { 'idempotency-key': 'k1' };
    const again = await own.ask('/v1/events', { token, json: { tag: 'once/a', data: { n: 1 } }, headers });
    expect(again.json).toMatchObject({ repeated: true });
    // A query that waits for another event gives up after 10 s.
  }, 9000);

  it('refuses what is no event', async () => {
    const send = async (json: unknown): Promise<[number, unknown]> =>
      codeOf(await own.ask('/v1/events', { token, json }));
    for (const wrong of [
      null,
      [],
      'x',
      { tag: 1 },
      { data: {} },
      { tag: '' },
      { tag: 'a\nb' },
      { tag: 'a\u0007' },
    ])
      expect(await send(wrong)).toEqual([400, 'BAD_EVENT']);
    expect(await send({ tag: 'a', data: [] })).toEqual([400, 'BAD_EVENT']);
    expect(await send({ tag: 'a', source: 'me' })).toEqual([400, 'BAD_EVENT']);
    expect(await send({ tag: 'x'.repeat(5000) })).toEqual([400, 'BAD_EVENT']);
    const broken = await own.world.ask('/v1/events', {
      token,
      body: '{"tag": ',
      headers: { 'content-type': 'application/json' },
    });
    expect([broken.status, broken.headers['content-type']]).toEqual([400, 'application/problem+json']);
    const form = await own.world.ask('/v1/events', {
      token,
      body: 'tag=a',
      headers: { 'content-type': 'text/plain' },
    });
    expect(form.status).toBe(415);
    expect((await own.world.ask('/v1/events')).status).toBe(401);
  });

  it('finds events by tag, time, minion and job, page by page', async () => {
    const tags = async (query: string): Promise<unknown[]> =>
      itemsOf(await get(`/v1/events?${query}`), 'events').map(({ tag }) => tag);
    expect(await tags('tag=deploy/')).toEqual(['deploy/a', 'deploy/b', 'deploy/c']);
    expect(await tags('tag=*/c&tag=deploy/a')).toEqual(['deploy/a', 'deploy/c']);
    expect(await tags('minion=web1')).toEqual(['deploy/a', 'salt/job/20260101000000000000/ret/web1']);
    expect(await tags('jid=j')).toEqual(['deploy/c']);
    expect(await tags('tag=deploy/&from=1h')).toHaveLength(3);
    expect(await tags('tag=deploy/&from=2030-01-01T00:00:00Z')).toEqual([]);
    expect(await tags('tag=deploy/&to=1h')).toEqual([]);
    const [first] = itemsOf(await get('/v1/events?tag=deploy/b'), 'events');
    expect(first).toMatchObject({ id: ids[1], tag: 'deploy/b', depth: 0, source: 'api:tester@127.0.0.1' });
    expect(await tags(`tag=deploy/&from=${Number(first?.['seq'])}`)).toEqual(['deploy/b', 'deploy/c']);
    expect(await tags(`tag=deploy/&to=${Number(first?.['seq'])}`)).toEqual(['deploy/a']);
    for (const limit of [1, 2, 1000])
      expect(
        (await allPages(`/v1/events?tag=deploy/&limit=${limit}`, 'events')).map(({ tag }) => tag),
      ).toEqual(['deploy/a', 'deploy/b', 'deploy/c']);
  });

  it('shows decisions and reactions by event, rule and verdict', async () => {
    await deadLetters(2);
    const decisions = await allPages('/v1/decisions?tag=deploy/&verdict=fired&limit=1', 'decisions');
    expect(decisions.map(({ tag, rule }) => `${String(tag)} ${String(rule)}`)).toEqual(
      expect.arrayContaining([
        'deploy/a works',
        'deploy/b works',
        'deploy/b fails',
        'deploy/c works',
        'deploy/c fails',
      ]),
    );
    expect(decisions).toHaveLength(5);
    const ofB = itemsOf(await get(`/v1/decisions?event=${ids[1]}`), 'decisions');
    expect(ofB.map(({ rule, verdict }) => `${String(rule)} ${String(verdict)}`).toSorted()).toEqual([
      'fails fired',
      'works fired',
    ]);
    const ofBPaged = await allPages(`/v1/decisions?event=${ids[1]}&limit=1`, 'decisions');
    expect(ofBPaged).toEqual(ofB);
    expect(
      itemsOf(await get('/v1/decisions?rule=fails&verdict=condition-false'), 'decisions').length,
    ).toBeGreaterThan(0);
    const dead = itemsOf(await get('/v1/reactions?tag=deploy/&state=dead'), 'reactions');
    expect(dead).toHaveLength(2);
    expect(dead[0]).toMatchObject({ rule: 'fails', state: 'dead', attempts: 1 });
    const one = await get(`/v1/reactions/${String(dead[0]?.['id'])}`);
    expect(one.json).toEqual(dead[0]);
    expect(codeOf(await get('/v1/reactions/none'))).toEqual([404, 'NO_SUCH_RECORD']);
    expect(codeOf(await get(`/v1/reactions/${ids[0]}.99`))).toEqual([404, 'NO_SUCH_RECORD']);
  });

  it('lists, shows, retries and drops dead letters', async () => {
    const letters = await deadLetters(2);
    expect(letters.map(({ tag }) => tag)).toEqual(['deploy/b', 'deploy/c']);
    expect(await allPages('/v1/dead-letters?limit=1', 'dead_letters')).toEqual(letters);
    expect(itemsOf(await get('/v1/dead-letters?tag=*/c'), 'dead_letters')).toEqual([letters[1]]);
    const [b, c] = letters.map(({ id }) => String(id));
    expect((await get(`/v1/dead-letters/${b}`)).json).toMatchObject({
      id: b,
      tag: 'deploy/b',
      reaction: { id: b },
    });
    own.plane.heals = true;
    const retried = await own.ask(`/v1/dead-letters/${b}/retry`, { token, method: 'POST' });
    expect(retried.json).toMatchObject({ retried: [b] });
    await own.traces.until(() => own.traces.of('reaction.settled').some(({ reaction }) => reaction === b));
    expect((await get(`/v1/reactions/${b}`)).json).toMatchObject({ state: 'done' });
    expect((await own.ask(`/v1/dead-letters/${c}`, { token, method: 'DELETE' })).json).toEqual({
      dropped: [c],
    });
    for (const gone of [b, c]) {
      expect(codeOf(await get(`/v1/dead-letters/${gone}`))).toEqual([404, 'NO_SUCH_RECORD']);
      expect(codeOf(await own.ask(`/v1/dead-letters/${gone}/retry`, { token, method: 'POST' }))).toEqual([
        404,
        'NO_SUCH_RECORD',
      ]);
    }
    expect((await get('/v1/dead-letters')).json).toEqual({ dead_letters: [], next: null });
  });

  it('shows rules, loads them again and tells the status', async () => {
    const before = (await get('/v1/rules')).json as { rule_set: string; rules: Item[] };
    expect(before.rules.map(({ name, kind }) => [name, kind])).toEqual([
      ['works', 'native'],
      ['fails', 'native'],
    ]);
    const good = readFileSync(own.rulesFile, 'utf8');
    writeFileSync(own.rulesFile, 'rules: {broken: {on: a}}');
    const refused = await own.ask('/v1/reload', { token, method: 'POST' });
    expect(refused.json).toMatchObject({
      ok: false,
      hash: before.rule_set,
      problems: [{ code: 'MISSING_KEY' }],
    });
    expect((await get('/v1/rules')).json).toMatchObject({
      last_load: 'refused',
      problems: [{ code: 'MISSING_KEY' }],
    });
    writeFileSync(own.rulesFile, good);
    expect((await own.ask('/v1/reload', { token, method: 'POST' })).json).toMatchObject({
      ok: true,
      problems: [],
    });
    expect((await get('/v1/status')).json).toMatchObject({ reactor: { rules: 2 }, master: {} });
  });

  it('streams from a place on, narrowed', async () => {
    const read = (query: string, headers: Record<string, string> = {}): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const path = `/v1/events/stream?${query}`;
        const sent = request(
          { port: own.world.port, host: '127.0.0.1', path, headers: { 'x-auth-token': token, ...headers } },
          (response) => {
            expect(response.headers['content-type']).toBe('text/event-stream;charset=utf-8');
            response.on('data', (chunk: Buffer) => {
              text += chunk.toString();
              if (!text.includes('"deploy/c"')) return;
              sent.destroy();
              resolve(text);
            });
          },
        );
        sent.on('error', reject);
        sent.end();
      });
    const all = await read('from=1&tag=deploy/');
    expect(all.match(/"tag": "([^"]+)"/g)).toEqual([
      '"tag": "deploy/a"',
      '"tag": "deploy/b"',
      '"tag": "deploy/c"',
    ]);
    expect(all).toMatch(/^retry: 400\nid: \d+\ndata: \{/);
    const [, idOfA = ''] = /id: (\d+)\ndata/.exec(all) ?? [];
    const resumed = await read('from=1&tag=deploy/', { 'last-event-id': idOfA });
    expect(resumed).not.toContain('deploy/a');
    expect(resumed).toContain('deploy/b');
    expect((await read('from=1h&jid=j')).match(/^data/gm)).toHaveLength(1);
    own.covered.add('get /v1/events/stream');
  });

  it('refuses filters that it does not know', async () => {
    for (const path of [
      '/v1/events?tags=a',
      '/v1/events?limit=0',
      '/v1/events?limit=1001',
      '/v1/events?limit=1&limit=2',
      '/v1/events?from=yesterday',
      '/v1/events?from=2026-11-22T10:00:00',
      '/v1/events?tag=',
      '/v1/events?cursor=%25',
      '/v1/decisions?verdict=maybe',
      '/v1/reactions?state=gone',
      '/v1/rules?x=1',
      '/v1/events/stream?from=x',
    ])
      expect([path, ...codeOf(await get(path))]).toEqual([path, 400, 'BAD_ARGUMENT']);
  });

  it('needs a permission of its own for what acts on the reactor', async () => {
    const may = await own.token('reader', { read: ['*'] });
    const reloader = await own.token('reloader', { perms: [{ '@runner': ['reactor.reload'] }] });
    const ask = async (path: string, method: string, who: string): Promise<unknown[]> =>
      codeOf(await own.ask(path, { token: who, method }));
    for (const [path, method] of [
      ['/v1/rules', 'GET'],
      ['/v1/status', 'GET'],
      ['/v1/reload', 'POST'],
      ['/v1/dead-letters/x/retry', 'POST'],
      ['/v1/dead-letters/x', 'DELETE'],
    ] as const)
      expect([path, ...(await ask(path, method, may))]).toEqual([path, 403, 'FORBIDDEN']);
    expect((await own.ask('/v1/reload', { token: reloader, method: 'POST' })).status).toBe(200);
    expect(await ask('/v1/status', 'GET', reloader)).toEqual([403, 'FORBIDDEN']);
    const all = await own.token('operator', { perms: ['@reactor'] });
    expect((await own.ask('/v1/status', { token: all })).status).toBe(200);
  });

  it('answers 503 while the reactor is away', async () => {
    await own.stopReactor();
    let away = await get('/v1/decisions');
    for (const endMs = Date.now() + 10_000; away.status !== 503 && Date.now() < endMs; )
      away = await get('/v1/decisions');
    expect([away.status, away.headers['retry-after']]).toEqual([503, '1']);
    expect((await get('/v1/status')).json).toMatchObject({ reactor: null });
    expect((await get('/v1/events')).status).toBe(200);
    await own.startReactor();
  });

  it('is what the document says, route by route', async () => {
    const { paths } = own.document;
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect([...own.covered].toSorted()).toEqual(described.toSorted());
    for (const [path, methods] of Object.entries(paths)) {
      const { status, headers } = await own.world.ask(path.replace('{id}', 'x'), { token, method: 'PUT' });
      const allow = String(headers['allow'])
        .split(', ')
        .filter((method) => method !== 'HEAD');
      expect([path, status, allow.map((method) => method.toLowerCase()).toSorted()]).toEqual([
        path,
        405,
        Object.keys(methods).toSorted(),
      ]);
    }
    expect((await own.world.ask('/v1/nothing', { token })).headers['content-type']).toBe(
      'application/problem+json',
    );
  });
});
