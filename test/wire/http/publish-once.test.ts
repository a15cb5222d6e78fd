import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventBus, memoryBus, memoryLog } from '../../../src/bus/index.ts';
import {
  BrineError,
  type EventLog,
  mapOf,
  silentTelemetry,
  type TraceEvent,
} from '../../../src/core/index.ts';
import { DeliveryRecords } from '../../../src/http/publish/delivery-records.ts';
import { type Delivery, PublishOnce } from '../../../src/http/publish/publish-once.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const ids = systemIds(systemClock);

describe('what carries a key', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let log: EventLog;
  let bus: EventBus;
  let once: PublishOnce;
  /** Set to make the next publish fail, before or after the log has the event. */
  let failure: 'before' | 'after' | undefined;

  const flaky = (): EventBus => ({
    publish: async (events) => {
      const how = failure;
      failure = undefined;
      if (how === 'before') throw new BrineError('BUS_CLOSED', 'gone before');
      const ack = await bus.publish(events);
      if (how === 'after') throw new BrineError('BUS_CLOSED', 'gone after');
      return ack;
    },
    publishEncoded: (events) => bus.publishEncoded(events),
    subscribe: (options) => bus.subscribe(options),
    info: () => bus.info(),
    close: () => bus.close(),
  });
  const open = (): Promise<PublishOnce> =>
    PublishOnce.open(folder.path, { clock: systemClock, ids, telemetry: silentTelemetry, bus: flaky });
  const delivery = (key: string, more: Partial<Delivery> = {}): Delivery => ({
    tag: 'hook/a',
    data: mapOf({ key }),
    source: 'api:hook:a@192.0.2.7',
    keys: [{ key, keepMs: 60_000 }],
    ...more,
  });

  beforeEach(async () => {
    folder = temporaryFolder();
    log = memoryLog({ id: 'abcd1234', eventsMax: 10_000, clock: systemClock });
    bus = memoryBus(log, { clock: systemClock, eventBytesMax: 1000 });
    failure = undefined;
    once = await open();
  });
  afterEach(async () => {
    await once.close();
    await bus.close();
    folder[Symbol.dispose]();
  });

  it('is published once, and the repeat gets the first id, also behind a restart', async () => {
    const first = await once.publish(delivery('k'));
    expect(first).toEqual({ id: 'abcd1234-1', seq: 1, tag: 'hook/a', repeated: false });
    expect(await once.publish(delivery('k', { tag: 'hook/b' }))).toEqual({ ...first, repeated: true });
    await once.close();
    once = await open();
    expect(await once.publish(delivery('k'))).toEqual({ ...first, repeated: true });
    expect((await once.publish(delivery('other'))).seq).toBe(2);
    expect(log.nextSeq()).toBe(3);
  });

  it('is one event when two copies come at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => once.publish(delivery('k'))));
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(['abcd1234-1']));
    expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(log.nextSeq()).toBe(2);
  });

  it('is found in the log when nobody knows whether it came to be', async () => {
    await once.publish(delivery('before'));
    failure = 'after';
    await expect(once.publish(delivery('k'))).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    await bus.publish(Array.from({ length: 50 }, () => ({ tag: 'other', data: new Map() })));
    await once.close();
    once = await open();
    expect(await once.publish(delivery('k'))).toMatchObject({ seq: 2, repeated: true });
    expect(await once.publish(delivery('k'))).toMatchObject({ seq: 2, repeated: true });
    expect(log.nextSeq()).toBe(53);
  });

  it('is published by the repeat when it did not come to be', async () => {
    failure = 'before';
    await expect(once.publish(delivery('k'))).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    expect(await once.publish(delivery('k'))).toMatchObject({ seq: 1, repeated: false });
    failure = 'before';
    await expect(once.publish(delivery('j'))).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    await bus.publish([{ tag: 'other', data: new Map() }]);
    expect(await once.publish(delivery('j'))).toMatchObject({ seq: 3, repeated: false });
  });

  it('is known by any of its keys', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ key, keepMs: 60_000 }));
    await once.publish(delivery('', { keys: [a, b] as Delivery['keys'] }));
    expect(await once.publish(delivery('', { keys: [c, b] as Delivery['keys'] }))).toMatchObject({
      seq: 1,
      repeated: true,
    });
    expect(log.nextSeq()).toBe(2);
  });

  it('is refused with another content, and forgotten when the master refuses it', async () => {
    await once.publish(delivery('k', { digest: 'x' }));
    await expect(once.publish(delivery('k', { digest: 'y' }))).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    const large = mapOf({ text: 'x'.repeat(2000) });
    await expect(once.publish(delivery('l', { data: large }))).rejects.toMatchObject({
      code: 'EVENT_TOO_LARGE',
    });
    expect(await once.publish(delivery('l'))).toMatchObject({ repeated: false });
  });
});

describe('records of deliveries', () => {
  const record = { mark: 'm', logId: 'l', fromSeq: 1, seq: 5, tag: 't', digest: '' };

  it('end, and what has ended goes', async () => {
    using folder = temporaryFolder();
    const clock = new VirtualClock();
    const options = { clock, telemetry: silentTelemetry };
    const records = await DeliveryRecords.open(folder.path, options);
    const put = (key: string, keepMs: number): Promise<void> => records.put([{ key, keepMs }], record);
    await Promise.all([put('short', 1000), put('long', 5000)]);
    expect(records.find('short')).toEqual(record);
    await clock.advance(1000);
    expect(records.find('short')).toBeUndefined();
    expect(records.find('long')).toEqual(record);
    await put('long', 5000);
    await clock.advance(4500);
    expect(records.find('long')).toEqual(record);
    await records.close();
  });

  it('are bounded, and that is told', async () => {
    using folder = temporaryFolder();
    const traces: TraceEvent[] = [];
    const telemetry = { emit: (event: TraceEvent): void => void traces.push(event) };
    const records = await DeliveryRecords.open(folder.path, { clock: new VirtualClock(), telemetry, max: 5 });
    for (let i = 0; i < 12; i += 1) await records.put([{ key: `k${i}`, keepMs: 1000 + i }], record);
    const kept = Array.from({ length: 12 }, (_, i) => i).filter((i) => records.find(`k${i}`) !== undefined);
    expect(kept.length).toBeLessThanOrEqual(5);
    expect(kept).toContain(11);
    expect(traces.some(({ kind }) => kind === 'insecure')).toBe(true);
    await records.close();
  });
});
