import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Event, type EventHead, mapOf } from '../../../src/core/index.ts';
import { decodeFlowState, emptyFlowState, encodeFlowState, guard } from '../../../src/flow/index.ts';

function event(head: EventHead, data: Parameters<typeof mapOf>[0] = {}): Event {
  return { id: 'log-7', seq: 7, atMs: 0, tag: 'a/b', data: mapOf(data), head };
}

describe('loop guard', () => {
  it('lets events through up to the depth limit and stops the next one', () => {
    expect(guard(event({}), 8)).toEqual({ ok: true });
    expect(guard(event({ depth: 8 }), 8)).toEqual({ ok: true });
    expect(guard(event({ depth: 9 }), 8).ok).toBe(false);
  });

  it('names the rule and the event that led to the chain', () => {
    const stopped = guard(event({ depth: 9, cause: { event: 'log-6', rule: 'ping-pong' } }), 8);
    expect(stopped).toMatchObject({ ok: false });
    expect(stopped.ok ? '' : stopped.reason).toMatch(/9 reactions.*depth_max 8.*ping-pong.*log-6/);
  });

  it('ignores what says user: Reactor, as Salt does, and only exactly that', () => {
    expect(guard(event({}, { user: 'Reactor' }), 8).ok).toBe(false);
    expect(guard(event({}, { user: 'reactor' }), 8).ok).toBe(true);
    expect(guard(event({}, { user: 5 }), 8).ok).toBe(true);
  });
});

describe('flow state', () => {
  it('survives the journal', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        const state = { parked: new Map(pairs) };
        expect(decodeFlowState(encodeFlowState(state))).toEqual(state);
      }),
    );
    expect(decodeFlowState(encodeFlowState(emptyFlowState))).toEqual(emptyFlowState);
  });

  it('does not take other bytes for a state', () => {
    for (const text of ['', '{', 'null', '[]', '{"version":2,"parked":[]}', '{"version":1,"parked":[["a"]]}'])
      expect(decodeFlowState(new TextEncoder().encode(text))).toBeUndefined();
    expect(decodeFlowState(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
  });
});
