import { describe, expect, it } from 'vitest';
import { memoryBus, memoryLog } from '../../../src/bus/index.ts';
import { EventSession, type Gap, tagTest } from '../../../src/client/index.ts';
import { fromPlain, type ValueMap } from '../../../src/core/index.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

function make(options: { eventsMax?: number; eventBytesMax?: number; listen?: boolean } = {}) {
  const clock = new VirtualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const log = memoryLog({ id: 'testlog1', eventsMax: options.eventsMax ?? 1000, clock });
  const bus = memoryBus(log, { clock, eventBytesMax: options.eventBytesMax ?? 1 << 20 });
  const gaps: Gap[] = [];
  const session = new EventSession({
    bus,
    clock,
    onGap: (gap) => gaps.push(gap),
    ...(options.listen === undefined ? {} : { listen: options.listen }),
  });
  const send = (tag: string, data: object = {}) => bus.publish([{ tag, data: fromPlain(data) as ValueMap }]);
  return { clock, bus, session, send, gaps };
}

describe('getEvent', () => {
  it('gives the data of the next event, as plain objects', async () => {
    const { session, send } = make();
    await send('a/b', { n: 1, list: [{ x: null }] });
    expect(await session.getEvent()).toMatchObject({ n: 1, list: [{ x: null }] });
  });

  it('gives tag and data when asked for the full event', async () => {
    const { session, send } = make();
    await send('a/b', { n: 1 });
    expect(await session.getEvent({ full: true })).toMatchObject({ tag: 'a/b', data: { n: 1 } });
  });

  it('waits, and gives null when the time is over', async () => {
    const { session, send, clock } = make();
    const waiting = session.getEvent({ wait: 3, tag: 'wanted' });
    await settled();
    await send('other');
    await clock.advance(2999);
    await clock.advance(1);
    expect(await waiting).toBeNull();
    expect(clock.pending).toBe(0);
  });

  it('waits for ever with wait 0', async () => {
    const { session, send, clock } = make();
    const waiting = session.getEvent({ wait: 0, tag: 'x' });
    await clock.advance(10_000_000);
    await send('x', { late: true });
    expect(await waiting).toMatchObject({ late: true });
  });

  it('passes over what does not match, for good', async () => {
    const { session, send } = make();
    await send('first', { n: 1 });
    await send('second', { n: 2 });
    expect(await session.getEvent({ tag: 'second' })).toMatchObject({ n: 2 });
    const again = session.getEvent({ tag: 'first', wait: 0 });
    await settled();
    await session.close();
    expect(await again).toBeNull();
  });

  it('keeps what was subscribed to, in order, until it is taken or given up', async () => {
    const { session, send } = make();
    session.subscribe('job/');
    session.subscribe('other', 'endswith');
    for (const n of [1, 2, 3]) await send(`job/${n}`, { n });
    await send('an/other');
    await send('end');
    await session.getEvent({ tag: 'end' });
    expect(await session.getEvent({ tag: 'job/' })).toMatchObject({ n: 1 });
    expect(await session.getEvent({ tag: '3', matchType: 'endswith' })).toMatchObject({ n: 3 });
    session.unsubscribe('job/');
    await send('mark');
    expect(await session.getEvent({ full: true })).toMatchObject({ tag: 'an/other' });
    expect(await session.getEvent({ full: true })).toMatchObject({ tag: 'mark' });
  });

  it('counts subscriptions: two need two removals', async () => {
    const { session, send } = make();
    session.subscribe('k');
    session.subscribe('k');
    session.unsubscribe('k');
    await send('k', { kept: true });
    await send('end');
    await session.getEvent({ tag: 'end' });
    expect(await session.getEvent({ tag: 'k' })).toMatchObject({ kept: true });
  });

  it('offers an event to everybody who waits', async () => {
    const { session, send } = make();
    const both = [session.getEvent({ tag: 'a', wait: 0 }), session.getEvent({ tag: 'a/b', wait: 0 })];
    await send('a/b', { n: 7 });
    expect(await Promise.all(both)).toMatchObject([{ n: 7 }, { n: 7 }]);
  });

  it('tells of events that were trimmed before they were read', async () => {
    const { session, send, gaps } = make({ eventsMax: 2 });
    for (let n = 1; n <= 6; n += 1) await send(`e/${n}`, { n });
    await session.getEvent({ tag: 'e/6' });
    expect(gaps.length).toBeGreaterThan(0);
  });

  it('cannot be asked of a session that only fires', async () => {
    const { session } = make({ listen: false });
    await expect(session.getEvent()).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(await session.fireEvent({}, 'a')).toBe(true);
  });
});

describe('iterEvents', () => {
  it('gives matching events one after the other and ends with the session', async () => {
    const { session, send } = make();
    for (const tag of ['a/1', 'b/1', 'a/2']) await send(tag);
    const seen: string[] = [];
    for await (const event of session.iterEvents({ tag: 'a/*', matchType: 'fnmatch', full: true })) {
      seen.push(event.tag);
      if (seen.length === 2) await session.close();
    }
    expect(seen).toEqual(['a/1', 'a/2']);
  });
});

describe('fireEvent', () => {
  it('puts the event on the bus with a stamp', async () => {
    const { session } = make();
    expect(await session.fireEvent({ a: 1 }, 'my/tag')).toBe(true);
    expect(await session.getEvent()).toMatchObject({ a: 1, _stamp: '2026-01-02T03:04:05.000000+00:00' });
  });

  it.each([
    [{}, ''],
    [{}, 'two\nlines'],
    [[1, 2], 'a'],
    [new Date(0), 'a'],
  ])('refuses %j with the tag %j', async (data, tag) => {
    await expect(make().session.fireEvent(data, tag)).rejects.toMatchObject({ code: 'BAD_EVENT' });
  });

  it('tells when the bus refuses the event', async () => {
    const { session } = make({ eventBytesMax: 100 });
    await expect(session.fireEvent({ big: 'x'.repeat(500) }, 'a')).rejects.toMatchObject({
      code: 'EVENT_TOO_LARGE',
    });
  });

  it('is false when the bus is gone', async () => {
    const { session, bus } = make();
    await bus.close();
    expect(await session.fireEvent({}, 'a')).toBe(false);
  });
});

describe('match types', () => {
  it.each([
    ['startswith', 'salt/job', 'salt/job/1', 'my/salt/job'],
    ['endswith', '/ret', 'salt/job/1/ret', 'salt/job/1/ret/x'],
    ['find', 'job', 'salt/job/1', 'salt/run/1'],
    ['regex', 'salt/(job|run)/\\d+', 'salt/run/12/ret', 'my/salt/run/12'],
    ['regex', 'a/(?P<n>\\d)\\Z', 'a/1', 'a/12'],
    ['regex', 'x|job', 'salt/job', 'salt/run'],
    ['fnmatch', 'salt/*/ret', 'salt/job/1/ret', 'salt/job/1/ret/x'],
  ] as const)('%s %s takes %s and not %s', (matchType, search, yes, no) => {
    const test = tagTest(search, matchType);
    expect([test(yes), test(no)]).toEqual([true, false]);
  });

  it('are a closed list', () => {
    expect(() => tagTest('a', 'startwith' as 'startswith')).toThrow(/did you mean startswith/);
    expect(() => tagTest('(', 'regex')).toThrow(/not a regular expression/);
  });
});
