import type { TraceEvent } from '../core/index.ts';
import { apiMetrics } from './api-metrics.ts';
import { busMetrics } from './bus-metrics.ts';
import { Instruments, type MetricRole, type MetricSpec } from './instruments.ts';
import { masterMetrics } from './master-metrics.ts';
import { queueGauges } from './queue-gauges.ts';
import { reactorMetrics } from './reactor-metrics.ts';
import type { Recorders } from './recorders.ts';

/**
 * Counts trace events. Labels come from closed lists, never from events: of tags and job ids there is no end. Rules, minions
 * and readers are labels for a bounded number only.
 */
export interface Metrics {
  readonly record: (event: TraceEvent) => void;
  /** The text that Prometheus reads. */
  readonly text: () => Promise<string>;
}

/** The metrics of one role, each with the label `role`; those of all without one. */
export function createMetrics(role?: MetricRole): Metrics {
  const instruments = new Instruments(role);
  const record = recorders(instruments);
  return {
    record: (event) => (record[event.kind] as (event: TraceEvent) => void)(event),
    text: () => instruments.registry.metrics(),
  };
}

/** Every metric there is. */
export function metricSpecs(): readonly MetricSpec[] {
  const instruments = new Instruments();
  recorders(instruments);
  return instruments.specs;
}

function recorders(instruments: Instruments): Recorders {
  const ready = instruments.gauge({
    name: 'ready',
    help: 'Whether a role is ready.',
    labels: ['role'],
    roles: ['master', 'minion', 'reactor', 'api'],
  });
  const unexpected = instruments.count({
    name: 'unexpected_errors',
    help: 'Errors that nobody expected.',
    roles: ['master', 'minion', 'reactor', 'api'],
  });
  const spansLost = instruments.count({
    name: 'spans_lost',
    help: 'Spans of traces that did not reach the collector.',
    roles: ['master', 'minion', 'reactor', 'api'],
  });
  return {
    'queues.seen': queueGauges(instruments),
    'process.ready': (event) => ready.set({ role: event.role }, 1),
    'process.stopping': (event) => ready.set({ role: event.role }, 0),
    'health.changed': (event) => ready.set({ role: event.role }, event.ready ? 1 : 0),
    unexpected: () => unexpected(),
    // These go to whoever collects traces.
    span: () => undefined,
    'spans.lost': (event) => spansLost(event.count),
    ...busMetrics(instruments),
    ...reactorMetrics(instruments),
    ...masterMetrics(instruments),
    ...apiMetrics(instruments),
  };
}
