import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { World } from '../wire/http/support.ts';
import { missing } from './support/salt.ts';
import { RealSaltApi } from './support/salt-api.ts';

const release = '3008.3';

interface Step {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends no token. */
  readonly anonymous?: true;
  /** Only the status is compared, because the content is the machine's. */
  readonly status?: true;
}

const json = (value: unknown): Pick<Step, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const post = (name: string, path: string, value: unknown, more: Partial<Step> = {}): Step => ({
  name,
  method: 'POST',
  path,
  ...json(value),
  ...more,
});
const get = (name: string, path: string, more: Partial<Step> = {}): Step => ({
  name,
  method: 'GET',
  path,
  ...more,
});
const run = (name: string, chunk: unknown, more: Partial<Step> = {}): Step => post(name, '/', [chunk], more);
const type = (name: string): { headers: Record<string, string> } => ({ headers: { 'content-type': name } });
const ping = { client: 'local', tgt: '*', fun: 'test.ping' };

/** What scripts do with salt-api, good and bad. `USER`, `PASS` and `EAUTH` are each side's own. */
const login = { username: 'USER', password: 'PASS', eauth: 'EAUTH' };
const steps: readonly Step[] = [
  get('the welcome', '/', { anonymous: true }),
  get('the welcome as YAML', '/', { headers: { accept: 'application/x-yaml' } }),
  get('what is not offered', '/', { headers: { accept: 'text/html' } }),
  get('a parameter that nobody knows', '/?a=b'),
  get('a path that is not there', '/nope'),
  { name: 'a method that is not there', method: 'DELETE', path: '/' },
  get('the login page', '/login', { anonymous: true }),
  post('a login', '/login', login, { anonymous: true }),
  post('a login in a list', '/login', [login], { anonymous: true }),
  {
    ...post('a login as a form', '/login', null),
    ...type('application/x-www-form-urlencoded'),
    body: 'username=USER&password=PASS&eauth=EAUTH',
  },
  {
    ...post('a login as YAML', '/login', null),
    ...type('application/x-yaml'),
    body: 'username: USER\npassword: PASS\neauth: EAUTH\n',
  },
  post('a login without eauth', '/login', { username: 'USER', password: 'PASS' }, { anonymous: true }),
  { ...post('a login in malformed JSON', '/login', null), ...type('application/json'), body: '{bad' },
  { ...post('a login in XML', '/login', null), ...type('text/xml'), body: '<a/>' },
  run('no token', ping, { anonymous: true }),
  run('a wrong token', ping, {
    anonymous: true,
    headers: { 'content-type': 'application/json', 'x-auth-token': 'zzz' },
  }),
  run('a job', ping),
  post('a job that is no list', '/', ping),
  post('two chunks', '/', [ping, { client: 'runner', fun: 'manage.up' }]),
  {
    ...post('a job as YAML', '/', null),
    headers: { 'content-type': 'text/yaml', accept: 'application/x-yaml' },
    body: '- {client: local, tgt: "*", fun: test.ping}\n',
  },
  { ...post('a job as text', '/', null), ...type('text/plain'), body: JSON.stringify([ping]) },
  { ...post('a text', '/', null), ...type('text/plain'), body: 'hello' },
  { ...post('malformed JSON', '/', null), ...type('application/json'), body: '{"a": ' },
  { ...post('XML', '/', null), ...type('text/xml'), body: '<a/>' },
  post('a list of nothing', '/', []),
  post('a map of nothing', '/', {}),
  post('a list of texts', '/', ['x'], { status: true }),
  run('no client', { tgt: '*', fun: 'test.ping' }),
  run('a client that nobody knows', { client: 'nope', tgt: '*', fun: 'test.ping' }),
  run('a client that is off', { client: 'ssh', tgt: '*', fun: 'test.ping' }),
  run('a raw shell', { ...ping, raw_shell: true }),
  run('a job without a function', { client: 'local', tgt: '*' }),
  run('a job without a target', { client: 'local', fun: 'test.ping' }),
  run('a function that is not there', { ...ping, fun: 'no.such' }),
  run('nobody', { ...ping, tgt: 'nobody*' }),
  run('the full return', { ...ping, full_return: true }),
  run('a single argument', { ...ping, fun: 'test.echo', arg: 'hi' }),
  run('a list of minions', { ...ping, tgt: ['m1'], tgt_type: 'list' }),
  run('a compound target', { ...ping, tgt: 'm* and not x', tgt_type: 'compound' }),
  run('several functions', { client: 'local', tgt: '*', fun: ['test.ping', 'test.echo'], arg: [[], ['x']] }),
  run('a key that means nothing', { ...ping, zzz: 1 }),
  run('a job that is not waited for', { ...ping, client: 'local_async' }),
  run('nobody, not waited for', { ...ping, client: 'local_async', tgt: 'nobody' }),
  run('a batch', { ...ping, client: 'local_batch', batch: '50%' }),
  run('a batch for nobody', { ...ping, client: 'local_batch', tgt: 'nobody', batch: '1' }),
  run('a subset', { ...ping, client: 'local_subset', subset: 1 }),
  run('a runner', { client: 'runner', fun: 'manage.up' }),
  run('a runner in full', { client: 'runner', fun: 'manage.up', full_return: true }),
  run('a runner that is not there', { client: 'runner', fun: 'no.such' }),
  run('a runner without a name', { client: 'runner' }),
  run('a runner with arguments', { client: 'runner', fun: 'test.arg', arg: ['a', 1], kwarg: { b: 2 } }),
  run('a runner with keywords', { client: 'runner', fun: 'test.arg', a: 1, b: 2 }),
  run('a runner with a keyword that it does not know', { client: 'runner', fun: 'manage.up', nope: 1 }),
  run('an event', { client: 'runner', fun: 'event.send', tag: 'my/tag', data: { a: 1 } }),
  run('a job that nobody knows', { client: 'runner', fun: 'jobs.list_job', jid: '20200101000000000000' }),
  run('a runner that is not waited for', { client: 'runner_async', fun: 'manage.up' }),
  run('a runner that is not there, not waited for', { client: 'runner_async', fun: 'no.such' }),
  run('a wheel', { client: 'wheel', fun: 'key.list_all' }),
  run('a wheel with an argument', { client: 'wheel', fun: 'key.list', match: 'acc' }),
  run('a wheel that is not there', { client: 'wheel', fun: 'no.such' }),
  run('a wheel that is not waited for', { client: 'wheel_async', fun: 'key.list_all' }),
  post('a chunk with credentials', '/run', [{ ...login, ...ping }], { anonymous: true }),
  post('a runner with credentials', '/run', [{ ...login, client: 'runner', fun: 'manage.up' }], {
    anonymous: true,
  }),
  post('a chunk without credentials', '/run', [ping], { anonymous: true }),
  post('a chunk with a token that is no token', '/run', [{ ...ping, token: 'nothex' }], { anonymous: true }),
  post('a chunk with a token that nobody knows', '/run', [{ ...ping, token: 'abcdef12' }], {
    anonymous: true,
  }),
  post(
    'a runner with a token that nobody knows',
    '/run',
    [{ client: 'runner', fun: 'manage.up', token: 'abcdef12' }],
    { anonymous: true },
  ),
  get('the welcome of /run', '/run'),
  post('a token for chunks', '/token', [login], { anonymous: true }),
  post('a token without credentials', '/token', [{ username: 'x' }], { anonymous: true }),
  get('the minions', '/minions', { status: true }),
  get('a minion', '/minions/m1', { status: true }),
  get('a minion that is not there', '/minions/nope'),
  get('the minions without a token', '/minions', { anonymous: true }),
  post('a job for minions', '/minions', { tgt: '*', fun: 'test.ping' }),
  post('a job for nobody', '/minions', { tgt: 'nobody', fun: 'test.ping' }),
  get('the jobs', '/jobs'),
  get('no such job', '/jobs/20200101000000000000'),
  get('the keys', '/keys'),
  get('a key', '/keys/m1'),
  get('no such key', '/keys/nope'),
  get('the keys without a token', '/keys', { anonymous: true }),
  post('a hook', '/hook/my/thing', { a: [1] }),
  { ...post('a hook of text', '/hook/t', null), ...type('text/plain'), body: 'hello' },
  { ...post('a hook of XML', '/hook/t', null), ...type('text/xml'), body: '<a/>' },
  post('a hook without a token', '/hook/t', {}, { anonymous: true }),
  get('a hook that is asked for', '/hook/t'),
  get('the events without a token', '/events', { anonymous: true }),
  get('the events with a token in the query', '/events?token=x', { anonymous: true }),
  get('the statistics without a token', '/stats', { anonymous: true }),
  { name: 'the end of the login', method: 'POST', path: '/logout' },
  run('a job after the end', ping),
];

/** Steps that a user with few permissions repeats. */
const limitedSteps =
  /^(a job|a function that is not there|nobody|a runner|a wheel|a wheel with an argument|a runner without a name|a minion|the minions|the keys|a key|the jobs|no such job|a hook|a job that nobody knows)$/;

interface Side {
  readonly port: number;
  readonly user: string;
  readonly pass: string;
  readonly eauth: string;
}

interface Seen {
  readonly status: number;
  readonly type: string;
  readonly what: unknown;
}

async function session(side: Side, which: readonly Step[]): Promise<Map<string, Seen>> {
  const fill = (text: string): string =>
    text.replaceAll('USER', side.user).replaceAll('PASS', side.pass).replaceAll('EAUTH', side.eauth);
  const first = await send(
    side.port,
    { ...post('', '/login', login), body: fill(JSON.stringify(login)) },
    '',
  );
  const token = first.token;
  const seen = new Map<string, Seen>();
  for (const step of which) {
    const body = step.body === undefined ? {} : { body: fill(step.body) };
    const { status, contentType, text } = await send(side.port, { ...step, ...body }, token);
    const what = step.status === true ? 'not compared' : contentOf(contentType, text);
    seen.set(step.name, { status, type: step.status === true ? '' : contentType, what });
  }
  return seen;
}

function send(
  port: number,
  { method, path, headers = {}, body, anonymous }: Step,
  token: string,
): Promise<{ status: number; contentType: string; text: string; token: string }> {
  const all: Record<string, string> = {
    ...(anonymous === true ? {} : { 'x-auth-token': token }),
    ...headers,
  };
  if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', method, path, headers: all, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            text,
            token: String(response.headers['x-auth-token'] ?? ''),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The reason on a page of salt-api; the shape of anything else. */
function contentOf(contentType: string, text: string): unknown {
  if (contentType.startsWith('text/html')) return /<p>([\s\S]*?)<\/p>/.exec(text)?.[1];
  if (contentType.includes('yaml')) return text.replaceAll(/[0-9a-f.]{10,}|'[^']*'/g, '#');
  try {
    return shapeOf(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Keys and types: ids and times are masked, lists say what kinds of things they hold. */
function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].sort();
  if (typeof value !== 'object') return typeof value;
  const entries = Object.entries(value).map(
    ([key, item]) => [/^\d{20}$/.test(key) ? 'JID' : key, shapeOf(item)] as const,
  );
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const reason = process.env['CI'] === 'true' ? null : missing(release);

describe('the same session with a real salt-api and with Brine', () => {
  test.skipIf(reason !== null)(
    `salt-api ${release}${reason === null ? '' : ` (skipped: ${reason})`}`,
    async () => {
      const absent = missing(release);
      if (absent !== null) throw new Error(absent);
      await using salt = await RealSaltApi.start(release);
      await using brine = await World.open();
      await brine.user('limited', {
        perms: ['test.*', { 'm1*': ['grains.items'] }, '@jobs', { '@runner': ['manage.up'] }],
        read: ['*'],
        emit: ['*'],
      });
      for (const [user, which] of [
        ['tester', steps],
        ['limited', steps.filter(({ name }) => limitedSteps.test(name))],
      ] as const) {
        const theirs = await session({ port: salt.port, user, pass: 'x', eauth: 'auto' }, which);
        const ours = await session({ port: brine.port, user, pass: `${user}-secret`, eauth: 'pam' }, which);
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
      }
    },
  );
});
