import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../../src/core/index.ts';
import { type Span, SpanExport, type SpanSender } from '../../../src/telemetry/span-export.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const span = (name: string): Span => ({
  kind: 'span',
  name,
  type: 'internal',
  trace: { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  parent: null,
  startMs: 1,
  endMs: 2,
  fields: {},
});

/** A collector whose answers the test gives. */
class Collector implements SpanSender {
  readonly batches: string[][] = [];
  opened = 0;
  closed = 0;
  answer: () => Promise<void> = async () => undefined;

  async send(spans: readonly Extract<TraceEvent, { kind: 'span' }>[]): Promise<void> {
    this.batches.push(spans.map(({ name }) => name));
    await this.answer();
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

function setUp(): { clock: VirtualClock; collector: Collector; lost: [number, string][]; out: SpanExport } {
  const clock = new VirtualClock();
  const collector = new Collector();
  const lost: [number, string][] = [];
  const out = new SpanExport({
    clock,
    open: async () => {
      collector.opened += 1;
      return collector;
    },
    onLost: (count, reason) => lost.push([count, reason]),
  });
  return { clock, collector, lost, out };
}

describe('the export of spans', () => {
  it('opens nothing while there is no span, and waits a moment for more', async () => {
    const { clock, collector, out } = setUp();
    await clock.advance(5000);
    expect(collector.opened).toBe(0);
    out.add(span('a'));
    out.add(span('b'));
    await clock.advance(1000);
    expect(collector.batches).toEqual([['a', 'b']]);
  });

  it('sends what waits at the end, and lets go', async () => {
    const { collector, out } = setUp();
    out.add(span('a'));
    await out.close();
    expect([collector.batches, collector.closed]).toEqual([[['a']], 1]);
  });

  it('tells of spans that a collector did not take, and goes on', async () => {
    const { clock, collector, lost, out } = setUp();
    collector.answer = () => Promise.reject(new Error('503'));
    out.add(span('a'));
    await clock.advance(1000);
    collector.answer = async () => undefined;
    out.add(span('b'));
    await clock.advance(1000);
    expect(lost).toEqual([[1, '503']]);
    expect(collector.batches).toEqual([['a'], ['b']]);
  });

  it('holds a bounded number while a collector does not answer, and tells how many were too many', async () => {
    const { clock, collector, lost, out } = setUp();
    let answer: () => void = () => undefined;
    collector.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    for (let i = 0; i < 512; i += 1) out.add(span('first'));
    await clock.advance(0);
    for (let i = 0; i < 5000; i += 1) out.add(span('more'));
    collector.answer = async () => undefined;
    answer();
    await clock.advance(1000);
    await out.close();
    expect(lost).toEqual([[904, 'more than 4096 spans wait']]);
    expect(collector.batches.flat()).toHaveLength(512 + 4096);
  });
});
