import { describe, expect, it } from 'vitest';
import { packData } from '../../../src/bus/index.ts';
import type { ApiSettings } from '../../../src/config/index.ts';
import { BrineError, mapOf, type TraceEvent } from '../../../src/core/index.ts';
import { eventsOf, framesOf, saltFrame } from '../../../src/http/events/frames.ts';
import { RecentEvents } from '../../../src/http/events/recent-events.ts';
import { acceptedType } from '../../../src/http/salt-api/answer.ts';
import { tarOf } from '../../../src/http/salt-api/tar.ts';
import { readForm } from '../../../src/http/server/body.ts';
import { HttpError, told } from '../../../src/http/server/http-error.ts';
import { checkListening } from '../../../src/http/server/listen-policy.ts';
import { isLoopback } from '../../../src/http/server/loopback.ts';
import { hashPassword, isPassword } from '../../../src/http/users/password.ts';
import { tagScope } from '../../../src/http/users/tag-scope.ts';
import { Turns } from '../../../src/http/users/turns.ts';
import { settled } from '../../support/virtual-clock.ts';

const batch = (firstSeq: number, tags: string[], bytes = 10): Parameters<RecentEvents['add']>[0] => ({
  firstSeq,
  atMs: 0,
  tags,
  bodies: tags.map((tag) => packData(mapOf({ tag, body: 'x'.repeat(bytes) }))),
  heads: null,
});

describe('the recent events', () => {
  it('find each event until it is too old', () => {
    const recent = new RecentEvents();
    expect(recent.head).toBeUndefined();
    recent.startAt(5);
    expect([recent.head, recent.oldest, recent.at(5)]).toEqual([5, 5, undefined]);
    recent.add(batch(5, ['a', 'b']), 7);
    recent.add(batch(7, ['c']), 10);
    expect([5, 6, 7, 9].map((seq) => recent.at(seq)?.firstSeq)).toEqual([5, 5, 7, 7]);
    expect([4, 10].map((seq) => recent.at(seq))).toEqual([undefined, undefined]);
    for (let seq = 10; seq < 60; seq += 1) recent.add(batch(seq, ['big'], 1 << 20), seq + 1);
    expect(recent.head).toBe(60);
    expect(recent.oldest).toBeGreaterThan(40);
    expect(recent.at(recent.oldest)?.firstSeq).toBe(recent.oldest);
  });

  it('are written in Salt’s lines with the number behind them', () => {
    const recent = new RecentEvents();
    recent.startAt(1);
    const body = packData(mapOf({ a: 1, text: 'é\n' }));
    const segment = recent.add(
      { firstSeq: 1, atMs: 0, tags: ['x/1', 'y/2'], bodies: [body, body], heads: null },
      3,
    );
    expect(framesOf(segment, 1, tagScope(['y/*']), 'key', saltFrame).toString()).toBe(
      'tag: y/2\ndata: {"data": {"a": 1, "text": "é\\n"}, "tag": "y/2"}\nid: 2\n\n',
    );
    expect(eventsOf(segment, 2, tagScope(['*'])).map(({ seq }) => seq)).toEqual([2]);
    // The same key gives the same bytes again; from within the segment it is written anew.
    expect(framesOf(segment, 2, tagScope(['x/*']), 'other', saltFrame).toString()).toBe('');
  });
});

describe('the form of answers', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/x-yaml', 'application/x-yaml'],
    ['application/x-yaml;q=0.5, application/json;q=0.9', 'application/json'],
    ['text/html, application/x-yaml;q=0.2', 'application/x-yaml'],
    ['APPLICATION/JSON', 'application/json'],
  ])('%s gives %s', (accept, type) => {
    expect(acceptedType(accept)).toBe(type);
  });

  it.each(['text/html', 'text/yaml', 'application/json;q=0', ','])('%s gives 406', (accept) => {
    expect(() => acceptedType(accept)).toThrowError(expect.objectContaining({ status: 406 }));
  });
});

describe('forms', () => {
  it('are read as salt-api reads them', () => {
    const form = readForm('a=1&a=2&b=x&c=&arg=1&arg=%7Bx%3A+1%7D&kwarg=%7By%3A+yes%7D');
    expect(form).toEqual(
      new Map<unknown, unknown>([
        ['a', ['1', '2']],
        ['b', 'x'],
        ['arg', [1, new Map([['x', 1]])]],
        ['kwarg', new Map([['y', true]])],
      ]),
    );
    expect(() => readForm('a=1&'.repeat(2000))).toThrowError(HttpError);
  });
});

describe('passwords', () => {
  it('are known by their hash, each with its own salt', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).not.toBe(await hashPassword('correct horse'));
    expect(hash).not.toContain('horse');
    expect(await isPassword('correct horse', hash)).toBe(true);
    expect(await isPassword('correct horsf', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
    expect(await isPassword('x', null)).toBe(false);
    expect(await isPassword('x'.repeat(2000), hash)).toBe(false);
    await expect(hashPassword('')).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(hashPassword('x'.repeat(2000))).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('are checked a few at a time, and too many at once are refused', async () => {
    const turns = new Turns(2, 3);
    let atWork = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      atWork += 1;
      most = Math.max(most, atWork);
      await settled();
      atWork -= 1;
    };
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => turns.run(work)));
    expect(all.map(({ status }) => status).filter((status) => status === 'rejected').length).toBe(4);
    expect(most).toBe(2);
    await expect(turns.run(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
    await turns.run(work);
  });
});

describe('failures', () => {
  it.each([
    [new HttpError(418, 'tea'), 418, 'tea'],
    [new BrineError('FORBIDDEN', 'no'), 403, 'no'],
    [new BrineError('OVERLOADED', 'full'), 429, 'full'],
    [new BrineError('BUS_CLOSED', 'away'), 503, 'away'],
    [new BrineError('JOURNAL_DAMAGED', '/secret/path'), 500, 'An unexpected error occurred'],
    [new Error('secret'), 500, 'An unexpected error occurred'],
    [
      Object.assign(new Error('secret'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' }),
      413,
      'The entity sent with the request exceeds the maximum allowed bytes.',
    ],
    [Object.assign(new Error('secret'), { statusCode: 400 }), 400, 'Bad request.'],
    [Object.assign(new Error('secret'), { statusCode: 503 }), 500, 'An unexpected error occurred'],
    ['text', 500, 'An unexpected error occurred'],
    [null, 500, 'An unexpected error occurred'],
  ])('%s is told as %i %s', (error, status, message) => {
    expect(told(error)).toMatchObject({ status, message });
  });

  it('tell when to come again', () => {
    const locked = new BrineError('OVERLOADED', 'wait', { fields: { retry_after_s: 7 } });
    expect(told(locked).headers).toEqual({ 'retry-after': '7' });
    expect(told(new BrineError('STOPPING', 'x')).headers).toEqual({ 'retry-after': '1' });
  });
});

describe('where the API listens', () => {
  const api = (more: Partial<ApiSettings>): ApiSettings =>
    ({ host: '127.0.0.1', tls: null, insecure: false, ...more }) as ApiSettings;
  const check = (settings: ApiSettings, hasAnybody: boolean): TraceEvent[] => {
    const traces: TraceEvent[] = [];
    checkListening(settings, hasAnybody, { emit: (event) => void traces.push(event) });
    return traces;
  };
  const tls = { cert: 'a', key: 'b' };

  it('is loopback without conditions', () => {
    expect(['127.0.0.1', '::1', 'localhost', '127.9.9.9', '::ffff:127.0.0.1'].map(isLoopback)).not.toContain(
      false,
    );
    expect(
      ['0.0.0.0', '::', '192.0.2.1', 'example.org', '127.0.0.1.example.org'].map(isLoopback),
    ).not.toContain(true);
    expect(check(api({}), false)).toEqual([]);
  });

  it('is elsewhere only with TLS and somebody who may log in', () => {
    expect(check(api({ host: '0.0.0.0', tls }), true)).toEqual([]);
    for (const [given, hasAnybody] of [
      [{ tls: null }, true],
      [{ tls }, false],
      [{ tls: null }, false],
    ] as const)
      expect(() => check(api({ host: '0.0.0.0', ...given }), hasAnybody)).toThrowError(
        expect.objectContaining({ code: 'BAD_CONFIG' }),
      );
  });

  it('is anywhere with `insecure`, loudly', () => {
    expect(check(api({ host: '0.0.0.0', insecure: true }), false)).toMatchObject([
      { kind: 'insecure', setting: 'api.insecure' },
    ]);
    expect(check(api({ tokenInQuery: true, hookWithoutLogin: true }), true).map(({ kind }) => kind)).toEqual([
      'insecure',
      'insecure',
    ]);
  });
});

describe('archives', () => {
  it('hold files with right sums', () => {
    const tar = tarOf([{ name: 'minion.pub', text: 'abc' }]);
    expect(tar.length).toBe(10_240);
    const header = Buffer.from(tar.subarray(0, 512));
    const sum = Number.parseInt(header.toString('latin1', 148, 154), 8);
    header.fill(' ', 148, 156);
    expect(header.reduce((total, byte) => total + byte, 0)).toBe(sum);
    expect(tar.toString('latin1', 512, 515)).toBe('abc');
  });
});

describe('written frames', () => {
  it('are the same when they are written anew, however much was written since', () => {
    const recent = new RecentEvents();
    recent.startAt(1);
    const first = recent.add(batch(1, ['a/1', 'b/2'], 1000), 3);
    const before = framesOf(first, 1, tagScope(['a/*']), 'a', saltFrame).toString();
    for (let seq = 3; seq < 43; seq += 1)
      framesOf(recent.add(batch(seq, ['x'], 1 << 20), seq + 1), seq, tagScope(['*']), 'all', saltFrame);
    expect(framesOf(first, 1, tagScope(['a/*']), 'a', saltFrame).toString()).toBe(before);
    expect(before).toMatch(/^tag: a\/1\n.*\nid: 1\n\n$/);
  });
});
