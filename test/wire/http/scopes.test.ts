import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fnmatch } from '../../../src/match/index.ts';
import { EventReader } from './event-reader.ts';
import { OwnApi } from './own-api.ts';
import type { Answer } from './support.ts';

/** What the reactor's cursors say of the rule `plain`. */
const ruleMark = createHash('sha256').update('plain').digest('hex').slice(0, 16);
/** Every part of an event, of a rule's name or of a reaction that the reader must not see holds this word. */
const secret = 'hidden';
const job = '20260101000000000000';

const rules = `
rules:
  plain: {on: '*', do: [{runner.test.arg: {args: {from: '{{ tag }}'}}}]}
  fails: {on: '*', do: [{runner.test.fail: {args: {from: '{{ tag }}', all: '{{ data }}'}}}]}
  broken: {on: '*', if: data.nowhere.at_all, do: [{runner.test.arg: {args: {}}}]}
`;

const own = {
  read: ['salt/job/*'],
  emit: ['deploy/*'],
  perms: ['.*', '@runner', '@wheel', '@jobs', '@reactor'],
};

describe('a credential that may read salt/job/* and send deploy/*', () => {
  let api: OwnApi;
  let admin: string;
  let token: string;
  let foreign: string[];
  let visible: string[];

  beforeAll(async () => {
    api = await OwnApi.open(rules);
    admin = await api.world.login();
    token = await api.token('narrow', own);
    const foreignEvents = [
      'deploy/hidden',
      'salt/auth/hidden',
      'salt/jobs/hidden',
      'hidden',
      'x/salt/job/hidden',
    ].map((tag) => ({ tag, data: { id: 'web1', jid: job, text: secret } }));
    const visibleEvents = ['new', 'ret/web1', 'ret/web2'].map((end) => ({
      tag: `salt/job/${job}/${end}`,
      data: { id: 'web1', jid: job },
    }));
    foreign = await api.publish(admin, foreignEvents);
    visible = await api.publish(admin, visibleEvents);
    const count = foreign.length + visible.length;
    await api.traces.until(() => api.traces.of('reaction.dead').length >= count);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const wish = fc.constantFrom(
    '*',
    'deploy/',
    'hidden',
    '*hidden*',
    'salt/',
    'salt/job/*',
    '[ds]*',
    '?*',
    'x/',
    '**',
  );
  const eventId = (): fc.Arbitrary<string> => fc.constantFrom(...foreign, ...visible);
  /** What any route might take, good or bad. */
  const filters = (): fc.Arbitrary<Record<string, string[]>> =>
    fc
      .record(
        {
          tag: fc.array(wish, { minLength: 1, maxLength: 3 }),
          event: eventId().map((id) => [id]),
          rule: fc.constantFrom(['plain'], ['fails'], ['broken']),
          verdict: fc.constantFrom(['fired'], ['problem'], ['condition-false']),
          state: fc.constantFrom(['open'], ['done'], ['dead']),
          from: fc.constantFrom(['1'], ['3'], ['1h'], ['2020-01-01']),
          to: fc.constantFrom(['9'], ['0s'], ['2040-01-01']),
          minion: fc.constantFrom(['web1'], ['web2']),
          jid: fc.constant([job]),
          limit: fc.constantFrom(['1'], ['2'], ['1000']),
          cursor: fc.constantFrom(
            ['MQ'],
            ['Mw'],
            [Buffer.from(JSON.stringify({ event: foreign[0], rule: ruleMark })).toString('base64url')],
            [Buffer.from(JSON.stringify(`${foreign[0]}.0`)).toString('base64url')],
          ),
        },
        { requiredKeys: [] },
      )
      .map((record) => record as Record<string, string[]>);

  /** The parameters that the document gives a route. */
  const takenBy = (path: string, method: string): string[] => {
    const operation = api.document.paths[path]?.[method] as unknown as {
      parameters: { name: string; in: string }[];
    };
    return operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  };

  const seesNothing = ({ text }: Answer, path: string): void => {
    expect([path, text.includes(secret) || foreign.some((id) => text.includes(`"${id}"`))]).toEqual([
      path,
      false,
    ]);
  };

  it('sees no other tag by any route and any filter', async () => {
    const lists = ['/v1/events', '/v1/decisions', '/v1/reactions', '/v1/dead-letters'];
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lists), filters(), async (route, all) => {
        const taken = takenBy(route, 'get');
        const pairs = Object.entries(all).filter(([name]) => taken.includes(name));
        const query = new URLSearchParams();
        for (const [name, values] of pairs) for (const value of values) query.append(name, value);
        const path = `${route}?${query.toString()}`;
        const answer = await api.ask(path, { token });
        expect([200, 400]).toContain(answer.status);
        seesNothing(answer, path);
        if (answer.text.includes(`salt/job/${job}`)) shown += 1;
      }),
      { numRuns: 250 },
    );
    // It does see its own: else the above would say nothing.
    expect(shown).toBeGreaterThan(20);
  });

  it('knows nothing of single records of others, and cannot act on them', async () => {
    for (const [i, id] of foreign.entries()) {
      const reactions = [`${id}.0`, `${id}.1`, `${id}.2`];
      for (const reaction of reactions)
        for (const [path, method] of [
          [`/v1/reactions/${reaction}`, 'GET'],
          [`/v1/dead-letters/${reaction}`, 'GET'],
          [`/v1/dead-letters/${reaction}/retry`, 'POST'],
          [`/v1/dead-letters/${reaction}`, 'DELETE'],
        ] as const) {
          const answer = await api.ask(path, { token, method });
          expect([path, answer.status, answer.text]).toEqual([
            path,
            404,
            (await api.ask(path.replace(reaction, `${id}${i}.77`), { token, method })).text,
          ]);
        }
    }
    const letters = await api.ask('/v1/dead-letters', { token: admin });
    expect((letters.json as { dead_letters: unknown[] }).dead_letters).toHaveLength(
      foreign.length + visible.length,
    );
  });

  it('sees no other tag on any stream', async () => {
    for (const query of ['', '?tag=*', '?tag=deploy/', '?tag=hidden', '?tag=*hidden*&tag=salt/']) {
      const reader = new EventReader({ port: api.world.port, token, query, lastEventId: 0 });
      await reader.open;
      const mark = `salt/job/${job}/mark${query.length}`;
      await api.publish(admin, [{ tag: mark }]);
      if (query === '' || query.includes('*'))
        await reader.until((events) => events.some(({ tag }) => tag === mark));
      reader.kill();
      expect(reader.events.filter(({ tag }) => !tag.startsWith('salt/job/'))).toEqual([]);
      expect(JSON.stringify(reader.events)).not.toContain(secret);
    }
  });

  it('shows no events in its rules and its status', async () => {
    for (const path of ['/v1/rules', '/v1/status']) seesNothing(await api.ask(path, { token }), path);
    for (const path of ['/jobs', '/stats', `/jobs/${job}`])
      seesNothing(await api.world.ask(path, { token }), path);
  });

  it('sends nothing else, and makes no runner or hook send it', async () => {
    const begin = await api.ask('/v1/events', { token: admin, json: { tag: 'begin' } });
    const { seq } = begin.json as { seq: number };
    const part = fc.constantFrom(
      'deploy',
      'deploys',
      'salt',
      'job',
      '*',
      '..',
      '',
      'x',
      '/',
      'Deploy',
      '\u0000',
      'dеploy',
    );
    const any = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const tag = fc.oneof(
      any,
      any.map((rest) => `deploy/${rest}`),
    );
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(tag, fc.integer({ min: 0, max: 5 }), async (one, way) => {
        const data = { forged: true };
        const chunk = { client: 'runner', fun: 'event.send' };
        const ways: (() => Promise<Answer>)[] = [
          () => api.ask('/v1/events', { token, json: { tag: one, data } }),
          () => api.world.ask('/', { token, json: [{ ...chunk, tag: one, data }] }),
          () => api.world.ask('/', { token, json: [{ ...chunk, arg: [one, data] }] }),
          () => api.world.ask('/', { token, json: [{ ...chunk, kwarg: { tag: one, data } }] }),
          () =>
            api.world.ask('/', {
              token,
              json: [{ ...chunk, client: 'runner_async', arg: [`tag=${one}`], kwarg: { data } }],
            }),
          () => api.world.ask(`/hook/${encodeURIComponent(one)}`, { token, json: data }),
        ];
        const answer = await (ways[way] as () => Promise<Answer>)();
        expect(answer.status).not.toBe(500);
        if (answer.status === 200) sent += 1;
      }),
      { numRuns: 150 },
    );
    expect(sent).toBeGreaterThan(5);
    const { json } = await api.ask(`/v1/events?from=${seq}&limit=1000`, { token: admin });
    const forged = (json as { events: { tag: string; data: Record<string, unknown> }[] }).events.filter(
      ({ data }) => data['forged'] === true || 'post' in data,
    );
    expect(forged.length).toBeGreaterThan(0);
    for (const { tag: one } of forged) expect([one, fnmatch(one, 'deploy/*')]).toEqual([one, true]);
  });
});
