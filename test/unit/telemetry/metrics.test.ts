import { expect, test } from 'vitest';
import type { Queue } from '../../../src/core/index.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const decided = (rule: string, verdict: string) =>
  ({ kind: 'event.decided', event: 'e', tag: 't', rule, verdict, reason: '' }) as const;

test('counts what became of the events of each rule, for a bounded number of rules', async () => {
  const metrics = createMetrics();
  metrics.record(decided('restart', 'fired'));
  metrics.record(decided('restart', 'fired'));
  metrics.record(decided('restart', 'overloaded'));
  for (let n = 0; n < 2000; n += 1) metrics.record(decided(`r${n}`, 'fired'));
  const text = await metrics.text();
  expect(text).toContain('brine_rule_decisions_total{rule="restart",verdict="fired"} 2');
  expect(text).toContain('brine_rule_decisions_total{rule="restart",verdict="overloaded"} 1');
  expect(text).toContain('brine_rule_decisions_total{rule="(others)",verdict="fired"} 1501');
  expect(text.match(/brine_rule_decisions_total\{/g)?.length).toBeLessThan(510);
});

test('shows the queues of the last report, and forgets whoever is not in it any more', async () => {
  const metrics = createMetrics();
  const seen = (role: string, queues: readonly Queue[]): void =>
    metrics.record({ kind: 'queues.seen', role, queues });
  seen('reactor', [{ name: 'outbox', depth: 7, limit: 100, oldestS: 2.5, refused: { overloaded: 3 } }]);
  seen('master', [
    { name: 'jobs for a minion', of: 'web1', depth: 4 },
    { name: 'jobs for a minion', of: 'web2', depth: 2 },
  ]);
  seen('master', [{ name: 'jobs for a minion', of: 'web2', depth: 1 }]);
  const text = await metrics.text();
  expect(text).toContain('brine_queue_depth{role="reactor",queue="outbox",of=""} 7');
  expect(text).toContain('brine_queue_limit{role="reactor",queue="outbox",of=""} 100');
  expect(text).toContain('brine_queue_oldest_seconds{role="reactor",queue="outbox",of=""} 2.5');
  expect(text).toContain('brine_queue_refused_total{role="reactor",queue="outbox",reason="overloaded"} 3');
  expect(text).toContain('brine_queue_depth{role="master",queue="jobs for a minion",of="web2"} 1');
  expect(text).not.toContain('web1');
});
