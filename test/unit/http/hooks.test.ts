import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSettings, type RawHook, type Settings } from '../../../src/config/index.ts';
import { isBrineError } from '../../../src/core/index.ts';
import type { Judgement } from '../../../src/http/hooks/checks.ts';
import { compileHooks, type Hook } from '../../../src/http/hooks/hook.ts';
import { hookOfPath, hookOfTag } from '../../../src/http/hooks/owned.ts';
import { Rate } from '../../../src/http/hooks/rate.ts';
import { faultOf } from '../../../src/http/hooks/tag.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function settingsOf(hooks: Record<string, RawHook>, env: Record<string, string> = {}): Settings {
  const loaded = loadSettings({
    env: { HOME: '/home/ada', ...env },
    cwd: '/srv',
    overrides: { api: { hooks } },
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.settings;
}

function hookOf(check: RawHook['check'], more: Partial<RawHook> = {}): Hook {
  const hooks = compileHooks(settingsOf({ h: { tag: 'hook/h', check, ...more } }), new VirtualClock());
  return hooks.get('h') as Hook;
}

function judge(hook: Hook, headers: Record<string, string>, body = '', nowMs = 0): Judgement {
  return hook.check({ headers, raw: Buffer.from(body), nowMs });
}

/** The vendors' own published samples, and for Stripe one made by openssl. */
const githubSecret = "It's a Secret to Everybody";
const githubSignature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const slackSignature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const slackBody =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const slackTime = 1_531_420_618;
const stripeBody = '{"id":"evt_1","object":"event","type":"invoice.paid"}';
const stripeTime = 1_492_774_577;
const stripeSignature = '570df409528305ed3f0f85a2713305a72393219cd906c78fa094c0c59bd12d17';

describe('deliveries of GitHub', () => {
  const hook = hookOf({ kind: 'github', secret: githubSecret });

  it('are known by the HMAC of their bytes', () => {
    const headers = { 'x-hub-signature-256': githubSignature, 'x-github-delivery': '72d3162e' };
    const found = judge(hook, headers, 'Hello, World!');
    expect(found.ok && [found.marks.id(null), found.marks.signed]).toEqual([
      '72d3162e',
      githubSignature.slice('sha256='.length),
    ]);
    expect(judge(hook, headers, 'Hello, World').ok).toBe(false);
    expect(
      judge(hook, { ...headers, 'x-hub-signature-256': githubSignature.toUpperCase() }, 'Hello, World!').ok,
    ).toBe(false);
    expect(judge(hook, {}, 'Hello, World!')).toMatchObject({ ok: false, reason: /no X-Hub-Signature-256/ });
    expect(judge(hookOf({ kind: 'github', secret: 'other' }), headers, 'Hello, World!').ok).toBe(false);
  });
});

describe('deliveries of GitLab', () => {
  const hook = hookOf({ kind: 'gitlab', secret: 'glsecret' });
  const idOf = (headers: Record<string, string>, body = ''): string | undefined => {
    const found = judge(hook, { 'x-gitlab-token': 'glsecret', ...headers }, body);
    return found.ok ? found.marks.id(null) : 'refused';
  };

  it('are known by their token', () => {
    expect(judge(hook, { 'x-gitlab-token': 'glsecret' }).ok).toBe(true);
    for (const wrong of ['glsecre', 'glsecret ', 'GLSECRET', 'glsecretglsecret'])
      expect(judge(hook, { 'x-gitlab-token': wrong }).ok).toBe(false);
    expect(judge(hook, {}).ok).toBe(false);
  });

  it('share an id only when they are the same delivery', () => {
    expect(idOf({ 'idempotency-key': 'k', 'x-gitlab-event-uuid': 'u' })).toBe('k');
    expect(idOf({ 'x-gitlab-event-uuid': 'u' }, 'a')).toBe(idOf({ 'x-gitlab-event-uuid': 'u' }, 'a'));
    expect(idOf({ 'x-gitlab-event-uuid': 'u' }, 'a')).not.toBe(idOf({ 'x-gitlab-event-uuid': 'u' }, 'b'));
    expect(idOf({})).toBeUndefined();
  });
});

describe('deliveries of Slack', () => {
  const hook = hookOf({ kind: 'slack', secret: slackSecret });
  const headers = { 'x-slack-signature': slackSignature, 'x-slack-request-timestamp': String(slackTime) };

  it('are known by the HMAC of their time and bytes, near that time', () => {
    const at = slackTime * 1000;
    expect(judge(hook, headers, slackBody, at).ok).toBe(true);
    expect(judge(hook, headers, slackBody, at + 300_000).ok).toBe(true);
    expect(judge(hook, headers, slackBody, at + 300_001)).toMatchObject({ ok: false, proven: true });
    expect(judge(hook, headers, slackBody, at - 300_001)).toMatchObject({ ok: false, proven: true });
    expect(judge(hook, headers, `${slackBody} `, at).ok).toBe(false);
    const moved = { ...headers, 'x-slack-request-timestamp': String(slackTime + 1) };
    expect(judge(hook, moved, slackBody, at)).toMatchObject({ ok: false, reason: 'the signature is wrong' });
  });

  it('have the id of their event', () => {
    const body = '{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"app_mention"}}';
    const signature = 'v0=1aa9e61f576a0ab26dd5386ac155a1b9fb5aac5d2d24302e65936df4ff0566eb';
    const found = judge(hook, { ...headers, 'x-slack-signature': signature }, body, slackTime * 1000);
    expect(found.ok && found.marks.id(new Map([['event_id', 'Ev08MFMKH6']]))).toBe('Ev08MFMKH6');
  });
});

describe('deliveries of Stripe', () => {
  const hook = hookOf({ kind: 'stripe', secret: 'whsec_test' });
  const at = stripeTime * 1000;
  const judgeSigned = (signature: string, body = stripeBody, nowMs = at): Judgement =>
    judge(hook, { 'stripe-signature': signature }, body, nowMs);

  it('are known by one of their signatures, near their time', () => {
    const found = judgeSigned(`t=${stripeTime},v1=${stripeSignature},v0=00`);
    expect(found.ok && found.marks.id(new Map([['id', 'evt_1']]))).toBe('evt_1');
    expect(judgeSigned(`t=${stripeTime},v1=${'0'.repeat(64)},v1=${stripeSignature}`).ok).toBe(true);
    expect(judgeSigned(`t=${stripeTime},v0=${stripeSignature}`).ok).toBe(false);
    expect(judgeSigned(`t=${stripeTime + 1},v1=${stripeSignature}`).ok).toBe(false);
    expect(judgeSigned(`t=${stripeTime},t=1,v1=${stripeSignature}`).ok).toBe(false);
    expect(judgeSigned(`t=${stripeTime},v1=${stripeSignature}`, stripeBody, at + 301_000)).toMatchObject({
      proven: true,
    });
    expect(judgeSigned(`t=${stripeTime},v1=${stripeSignature}`, '{}').ok).toBe(false);
  });
});

describe('deliveries of Alertmanager and others', () => {
  it('are known by basic auth', () => {
    const hook = hookOf({ kind: 'alertmanager', user: 'am', secret: 'pass:word' });
    // printf 'am:pass:word' | base64
    expect(judge(hook, { authorization: 'Basic YW06cGFzczp3b3Jk' }).ok).toBe(true);
    expect(judge(hook, { authorization: 'basic YW06cGFzczp3b3Jk' }).ok).toBe(true);
    for (const wrong of ['Basic YW06cGFzczp3b3J', 'Bearer YW06cGFzczp3b3Jk', 'Basic ', 'Basic YW06'])
      expect(judge(hook, { authorization: wrong }).ok).toBe(false);
  });

  it('are known by a header', () => {
    const hook = hookOf({ kind: 'header', header: 'X-Build-Secret', secret: 's3cret' });
    expect(judge(hook, { 'x-build-secret': 's3cret' }).ok).toBe(true);
    expect(judge(hook, { 'x-build-secret': 's3cre' }).ok).toBe(false);
    const bearer = hookOf({ kind: 'header', header: 'Authorization', secret: 's3cret' });
    expect(judge(bearer, { authorization: 'Bearer s3cret' }).ok).toBe(true);
  });
});

it('no headers but the right ones let anybody in, and none break a check', () => {
  const names = [
    'x-hub-signature-256',
    'x-gitlab-token',
    'x-slack-signature',
    'x-slack-request-timestamp',
    'stripe-signature',
    'authorization',
    'x-own',
  ];
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('', 'v0=', 'sha256=', 't=,v1=', 't=1,v1=,v1=', 'Basic Og==', 'Basic =', '1', '-1', '1e3'),
  );
  const hooks = (['github', 'gitlab', 'slack', 'stripe', 'alertmanager', 'header'] as const).map((kind) =>
    hookOf({
      kind,
      secret: 'a secret nobody guesses',
      ...(kind === 'alertmanager' ? { user: 'u' } : {}),
      ...(kind === 'header' ? { header: 'x-own' } : {}),
    }),
  );
  const headers = fc.dictionary(fc.constantFrom(...names), value);
  fc.assert(
    fc.property(headers, fc.string(), (given, body) => {
      for (const hook of hooks) expect(judge(hook, given, body).ok).toBe(false);
    }),
    { numRuns: 150 },
  );
});

describe('the configuration of hooks', () => {
  const check = { kind: 'gitlab', secret: 'x' } as const;
  const faultsOf = (hook: Partial<RawHook>): string => {
    try {
      compileHooks(settingsOf({ h: { tag: 'hook/h', check, ...hook } }), new VirtualClock());
      return '';
    } catch (error) {
      if (isBrineError(error, 'BAD_CONFIG')) return error.message;
      throw error;
    }
  };

  it('is refused with all that is wrong', () => {
    expect(faultsOf({})).toBe('');
    expect(faultsOf({ tag: '{{ body.tag }}' })).toMatch(/api\.hooks\.h\.tag: .*fixed beginning/);
    expect(faultsOf({ tag: 'hook{{ body.tag }}' })).toMatch(/fixed beginning/);
    expect(faultsOf({ tag: 'a/../b' })).toMatch(/step/);
    expect(faultsOf({ tag: 'hook/{{ body.', data: { a: { b: '{{ 1 + }}' } } })).toMatch(
      /h\.tag: .*h\.data\.a\.b: /,
    );
    expect(faultsOf({ check: { kind: 'gitlab', secret: { env: 'NO_SUCH' } } })).toMatch(/NO_SUCH is not set/);
    expect(faultsOf({ check: { kind: 'gitlab', secret: { file: '/no/such' } } })).toMatch(/cannot be read/);
  });

  it('takes plain names and whole checks only', () => {
    const names = ['', '.', '..', 'a/b', 'A', 'a b', '%2e', 'a.b', 'ä', '-a', 'аdmin', 'x'.repeat(65)];
    for (const name of names) expect(() => settingsOf({ [name]: { tag: 'a', check } })).toThrow();
    for (const wrong of [
      { kind: 'header', secret: 'x' },
      { kind: 'alertmanager', secret: 'x' },
      { kind: 'github', secret: '' },
      { kind: 'github', secret: 'x', header: 'x-y' },
    ] as RawHook['check'][])
      expect(() => settingsOf({ h: { tag: 'a', check: wrong } })).toThrow();
  });

  it('has its mistakes told without what stands there', () => {
    const problemsOf = (hooks: unknown): string => {
      const file = join(folder.path, 'brine.yaml');
      writeFileSync(file, JSON.stringify({ api: { hooks } }));
      const loaded = loadSettings({ file, env: { HOME: '/home/ada' }, cwd: '/srv' });
      return JSON.stringify(loaded.ok ? [] : loaded.problems);
    };
    using folder = temporaryFolder();
    const numeric = problemsOf({ h: { tag: 'a', check: { kind: 'gitlab', secret: 12_345_678 } } });
    expect(numeric).toContain('`api.hooks.h.check.secret` is not possible');
    const unknown = problemsOf({ h: { tga: 'a', tag: 'a', check: { kind: 'gitlab', secret: '12345678' } } });
    expect(unknown).toContain('Did you mean `tag`?');
    const inCheck = problemsOf({ h: { tag: 'a', check: { kind: 'gitlab', secert: '12345678' } } });
    expect(inCheck).toContain('Did you mean `secret`?');
    for (const told of [numeric, unknown, inCheck]) expect(told).not.toContain('12345678');
  });

  it('takes secrets from the environment', () => {
    const hooks = { h: { tag: 'a', check: { kind: 'gitlab', secret: { env: 'GL' } } } } as const;
    const hook = compileHooks(settingsOf(hooks, { GL: 'from env' }), new VirtualClock()).get('h') as Hook;
    expect(judge(hook, { 'x-gitlab-token': 'from env' }).ok).toBe(true);
  });

  it('says which paths and tags belong to a hook', () => {
    const hooks = compileHooks(
      settingsOf({ a: { tag: 'ci/{{ body.x }}', check }, b: { tag: 'deploy', check } }),
      new VirtualClock(),
    );
    expect(hookOfPath(hooks, ['a', 'x'])?.settings.name).toBe('a');
    expect(hookOfPath(hooks, ['A'])?.settings.name).toBe('a');
    expect(hookOfPath(hooks, ['c', 'a'])).toBeUndefined();
    expect(hookOfTag(hooks, 'ci/1')?.settings.name).toBe('a');
    expect(hookOfTag(hooks, 'deploy')?.settings.name).toBe('b');
    expect(hookOfTag(hooks, 'deployed')).toBeUndefined();
  });
});

describe('tags of hooks', () => {
  const hook = hookOf({ kind: 'gitlab', secret: 'x' }, { tag: 'ci/{{ body.repo }}/done' });

  it('stay below what the hook says, whatever is in them', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '..',
        '../salt/auth',
        'a\nb',
        'a//b',
        '',
        '/',
        '.',
        'a\u202eb',
        'a\0b',
        ' ',
        'ok',
        'x'.repeat(5000),
      ),
      fc.array(fc.constantFrom('..', '.', 'a', '/', '\n', '%2e')).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(hostile, (repo) => {
        const made = hook.tag(new Map([['body', new Map([['repo', repo]])]]), []);
        const tag = typeof made === 'string' ? made : '';
        if (faultOf(tag, hook.prefix) !== undefined) return;
        expect(tag.startsWith('ci/') && tag.endsWith('/done')).toBe(true);
        expect(tag.split('/').some((part) => ['', '.', '..'].includes(part))).toBe(false);
        expect(/[\n\r\0\u202e]/.test(tag)).toBe(false);
        expect(Buffer.byteLength(tag)).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 500 },
    );
  });

  it('take usual values', () => {
    for (const repo of ['app', 'group/app', 'a-b_c.d', 'größe', '7'])
      expect(faultOf(`ci/${repo}/done`, 'ci/')).toBeUndefined();
  });
});

describe('the rate of a hook', () => {
  it('is kept, with a burst', async () => {
    const clock = new VirtualClock();
    const rate = new Rate(clock, 2, 3);
    const takes = (): boolean => {
      try {
        rate.take('it');
        return true;
      } catch (error) {
        expect(isBrineError(error, 'OVERLOADED') && error.fields['retry_after_s']).toBe(1);
        return false;
      }
    };
    expect([takes(), takes(), takes(), takes()]).toEqual([true, true, true, false]);
    expect(rate.waitMs()).toBe(500);
    await clock.advance(499);
    expect(takes()).toBe(false);
    await clock.advance(1);
    expect([takes(), takes()]).toEqual([true, false]);
    await clock.advance(3_600_000);
    expect([takes(), takes(), takes(), takes()]).toEqual([true, true, true, false]);
  });
});
