import { expect, test } from 'vitest';
import { encodeEvents } from '../../../src/bus/index.ts';
import type { TraceEvent } from '../../../src/core/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { type Deciding, decideBatch } from '../../../src/reactor/decider.ts';
import { TimeShares } from '../../../src/reactor/time-shares.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { loadClean } from '../rules/memory-files.ts';

/** Rules by name, whose decisions take so many milliseconds: a look at their condition turns the clock. */
function bench(takes: Readonly<Record<string, number>>, on: Readonly<Record<string, string>> = {}) {
  const clock = new VirtualClock();
  const traces: TraceEvent[] = [];
  const shares = new TimeShares({ clock, telemetry: { emit: (event) => traces.push(event) } });
  const names = Object.keys(takes);
  const yaml = names.map(
    (name) => `  ${name}:\n    on: ${on[name] ?? 'acme/*'}\n    do: [{event.send: {tag: 'done/${name}'}}]\n`,
  );
  const loaded = loadClean(`rules:\n${yaml.join('')}`);
  let spentMs = 0;
  // Nothing of a rule is looked at while it is set aside, so this counts what is really decided.
  const rules = loaded.rules.map((rule) => ({
    ...rule,
    get actions() {
      spentMs += takes[rule.name] ?? 0;
      return 'actions' in rule ? rule.actions : [];
    },
  }));
  const ruleSet = { ...loaded, rules: rules as unknown as typeof loaded.rules };
  const deciding: Deciding = {
    logId: 'log',
    ruleSet,
    nowMs: 0,
    ids: { jid: () => '1', random: () => '', fraction: () => 0 },
    onFault: (_, error) => {
      throw error;
    },
    onLoop: () => undefined,
    times: { shares, nowMs: () => spentMs, cpuMs: () => spentMs },
  };
  const send = (tag: string): string[] => {
    const batch = { firstSeq: 1, atMs: 0, ...encodeEvents([{ tag, data: new Map() }], 0) };
    const { decisions, state } = decideBatch(batch, null, emptyFlowState, deciding);
    expect(state).toBe(emptyFlowState);
    return decisions.map(({ rule, verdict }) => `${rule} ${verdict}`);
  };
  return { clock, traces, shares, send, spent: () => spentMs };
}

test('a rule that takes long is set aside when its credit is used up, and comes back', async () => {
  const { clock, traces, send } = bench({ slow: 300 });
  const verdicts = [1, 2, 3, 4, 5].flatMap(() => send('acme/x'));
  expect(verdicts).toEqual(['slow fired', 'slow fired', 'slow fired', 'slow fired', 'slow overloaded']);
  expect(traces).toMatchObject([{ kind: 'rule.aside', rule: 'slow' }]);
  await clock.advance(6000);
  expect(send('acme/x')).toEqual(['slow overloaded']);
  await clock.advance(1100);
  expect(send('acme/x')).toEqual(['slow fired']);
});

test('takes a tenth of the time over a while, however many events it watches', async () => {
  const { clock, send, spent } = bench({ slow: 100 });
  for (let tick = 0; tick < 6000; tick += 1) {
    send('acme/x');
    await clock.advance(10);
  }
  expect(spent()).toBeLessThan(60_000 * 0.1 + 1500);
  expect(spent()).toBeGreaterThan(60_000 * 0.08);
});

test('the fault is found among the rules of an event, and the others go on', () => {
  const { send, shares } = bench({ fast: 0, slow: 400, other: 1 });
  for (let n = 0; n < 10; n += 1) send('acme/x');
  expect(send('acme/x')).toEqual(['fast fired', 'slow overloaded', 'other fired']);
  expect([shares.watched('slow'), shares.watched('fast'), shares.watched('other')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('rules that decide fast are never set aside, however many events there are', () => {
  const { send, shares } = bench({ fast: 1 });
  for (let n = 0; n < 5000; n += 1) expect(send('acme/x')).toEqual(['fast fired']);
  expect(shares.aside()).toBeNull();
});
