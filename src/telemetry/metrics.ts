import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { TraceEvent } from '../core/index.ts';
import { queueGauges } from './queue-gauges.ts';
import { ruleCounters } from './rule-counters.ts';

type Kind = TraceEvent['kind'];

/**
 * Counts trace events. Labels come from closed lists, never from events: of tags and job ids there is no end. Rules, minions
 * and readers are labels for a bounded number only.
 */
export interface Metrics {
  readonly record: (event: TraceEvent) => void;
  /** The text that Prometheus reads. */
  readonly text: () => Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const record = recorders(registry);
  return {
    record: (event) => (record[event.kind] as (event: TraceEvent) => void)(event),
    text: () => registry.metrics(),
  };
}

type Recorders = { readonly [K in Kind]: (event: Extract<TraceEvent, { kind: K }>) => void };

function recorders(registry: Registry): Recorders {
  const counter = counters(registry);
  const ready = new Gauge({
    name: 'brine_ready',
    help: 'Whether a role is ready.',
    labelNames: ['role'],
    registers: [registry],
  });
  return {
    'queues.seen': queueGauges(registry),
    'process.ready': (event) => ready.set({ role: event.role }, 1),
    'process.stopping': (event) => ready.set({ role: event.role }, 0),
    'health.changed': (event) => ready.set({ role: event.role }, event.ready ? 1 : 0),
    ...busAndJournal(registry, counter),
    ...reactor(registry, counter),
    ...masterAndMinion(registry, counter),
  };
}

type MakeCounter = (name: string, help: string, label?: string) => (value?: number, by?: string) => void;

function counters(registry: Registry): MakeCounter {
  return (name, help, label) => {
    const labelNames = label === undefined ? [] : [label];
    const made = new Counter({ name: `brine_${name}_total`, help, labelNames, registers: [registry] });
    // Finding the counter of a label costs more than counting.
    const known = new Map<string, { inc(value: number): void }>();
    return (value = 1, by = '') => {
      if (label === undefined) return made.inc(value);
      const one = known.get(by) ?? made.labels({ [label]: by });
      known.set(by, one);
      one.inc(value);
    };
  };
}

function busAndJournal(
  registry: Registry,
  counter: MakeCounter,
): Pick<
  Recorders,
  | 'bus.published'
  | 'bus.refused'
  | 'bus.reader.cut'
  | 'bus.gap'
  | 'journal.commit'
  | 'journal.trimmed'
  | 'journal.error'
> {
  const published = counter('events_published', 'Events that a bus took.');
  const refused = counter('events_refused', 'Events that a bus refused, by error code.', 'code');
  const cut = counter('readers_cut', 'Readers cut off because they did not read.');
  const gaps = counter('gaps', 'Times that a reader missed events.');
  const trimmed = counter('events_trimmed', 'Old events removed from the log.');
  const errors = counter('journal_errors', 'Failures of the journal.');
  const operations = counter('journal_operations', 'Operations committed to the journal.');
  const seconds = new Histogram({
    name: 'brine_journal_commit_seconds',
    help: 'Duration of durable commits.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  return {
    'bus.published': (event) => published(event.count),
    'bus.refused': (event) => refused(event.count, event.code),
    'bus.reader.cut': () => cut(),
    'bus.gap': () => gaps(),
    'journal.commit': (event) => {
      operations(event.operations);
      seconds.observe(event.tookMs / 1000);
    },
    'journal.trimmed': (event) => trimmed(event.events),
    'journal.error': () => errors(),
  };
}

function reactor(
  registry: Registry,
  counter: MakeCounter,
): Pick<
  Recorders,
  | 'rules.loaded'
  | 'rules.refused'
  | 'event.decided'
  | 'loop.stopped'
  | 'reaction.settled'
  | 'reaction.retry'
  | 'reaction.dead'
  | 'lookup.answered'
  | 'rules.slow'
  | 'rule.aside'
  | 'canary.passed'
> {
  const reloaded = new Gauge({
    name: 'brine_last_reload_successful',
    help: 'Whether the rules in force are those of the last load.',
    registers: [registry],
  });
  const rules = new Gauge({ name: 'brine_rules', help: 'Rules in force.', registers: [registry] });
  const refused = counter('rule_sets_refused', 'Reactor files that were refused as a whole.');
  const byRule = ruleCounters(registry);
  const decided = counter('decisions', 'Decisions, by verdict.', 'verdict');
  const stopped = counter('loops_stopped', 'Reactions that the loop guard stopped.');
  const settled = counter('reactions', 'Reactions that ended well, by kind of action.', 'action');
  const retried = counter('reaction_retries', 'Failed attempts that are tried again, by reason.', 'reason');
  const dead = counter('dead_letters', 'Reactions that ended as dead letters, by reason.', 'reason');
  const canary = new Histogram({
    name: 'brine_canary_seconds',
    help: 'How long canary events took from publishing to their outcome.',
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
    registers: [registry],
  });
  const aside = counter(
    'rules_set_aside',
    'Times that a rule was set aside because deciding it took too long.',
  );
  const slow = counter('slow_submissions', 'Batches of reactions that the control plane was slow to answer.');
  const lookups = counter('lookups', 'Look-ups of templates, by outcome.', 'outcome');
  return {
    'lookup.answered': (event) => lookups(1, event.outcome),
    'rules.slow': () => slow(),
    'rule.aside': () => aside(),
    'canary.passed': (event) => canary.observe(event.tookMs / 1000),
    'rules.loaded': (event) => {
      rules.set(event.rules);
      reloaded.set(1);
    },
    'rules.refused': () => {
      refused();
      reloaded.set(0);
    },
    'event.decided': (event) => {
      decided(1, event.verdict);
      byRule.decided(event.rule, event.verdict);
    },
    'loop.stopped': () => stopped(),
    'reaction.settled': (event) => settled(1, event.action.split(' ')[0]),
    'reaction.retry': (event) => retried(1, event.reason),
    'reaction.dead': (event) => {
      dead(1, event.reason);
      byRule.died(event.rule);
    },
  };
}

function masterAndMinion(
  registry: Registry,
  counter: MakeCounter,
): Pick<
  Recorders,
  | 'insecure'
  | 'api.login.refused'
  | 'api.hook.refused'
  | 'api.reader.cut'
  | 'minion.connected'
  | 'minion.lost'
  | 'key.changed'
  | 'job.published'
  | 'jobs.lost'
  | 'job.returned'
  | 'module.problem'
  | 'master.connected'
  | 'master.lost'
  | 'unexpected'
> {
  const minions = new Gauge({
    name: 'brine_minions_connected',
    help: 'Minions that are connected.',
    registers: [registry],
  });
  const connected = new Gauge({
    name: 'brine_master_connected',
    help: 'Whether the minion has its master.',
    registers: [registry],
  });
  const insecure = counter('insecure_settings', 'Insecure settings that are in use.');
  const logins = counter('api_logins_refused', 'Logins to the API that were refused.');
  const hooks = counter('api_hooks_refused', 'Deliveries to hooks that were not from their sender.');
  const readers = counter('api_readers_cut', 'Readers of event streams that were cut off.');
  const keys = counter('key_changes', 'Changes of minion keys.');
  const jobs = counter('jobs', 'Jobs published.');
  const lost = counter('jobs_lost', 'Jobs that minions took and gave no sign of any more.');
  const returns = counter('returns', 'Returns of jobs, by success.', 'success');
  const modules = counter('module_problems', 'Modules that could not be used.');
  const unexpected = counter('unexpected_errors', 'Errors that nobody expected.');
  return {
    insecure: () => insecure(),
    'api.login.refused': () => logins(),
    'api.hook.refused': () => hooks(),
    'api.reader.cut': () => readers(),
    'minion.connected': () => minions.inc(),
    'minion.lost': () => minions.dec(),
    'key.changed': () => keys(),
    'job.published': () => jobs(),
    'jobs.lost': (event) => lost(event.count),
    'job.returned': (event) => returns(1, String(event.success)),
    'module.problem': () => modules(),
    'master.connected': () => connected.set(1),
    'master.lost': () => connected.set(0),
    unexpected: () => unexpected(),
  };
}
