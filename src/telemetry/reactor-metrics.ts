import { durationBuckets, type Instruments, type MetricRole } from './instruments.ts';
import type { Recorders } from './recorders.ts';
import { ruleCounters } from './rule-counters.ts';

const roles: readonly MetricRole[] = ['reactor'];

/** Rules, decisions and what becomes of them. */
export function reactorMetrics(instruments: Instruments): Ruling & Reacting {
  return { ...ruling(instruments), ...reacting(instruments) };
}

type Ruling = Pick<
  Recorders,
  'rules.loaded' | 'rules.refused' | 'rules.slow' | 'rule.aside' | 'lookup.answered' | 'canary.passed'
>;

function ruling(instruments: Instruments): Ruling {
  const count = instruments.count.bind(instruments);
  const reloaded = instruments.gauge({
    name: 'last_reload_successful',
    help: 'Whether the rules in force are those of the last load.',
    roles,
  });
  const rules = instruments.gauge({ name: 'rules', help: 'Rules in force.', roles });
  const refused = count({
    name: 'rule_sets_refused',
    help: 'Reactor files that were refused as a whole.',
    roles,
  });
  const aside = count({
    name: 'rules_set_aside',
    help: 'Times that a rule was set aside because deciding it took too long.',
    roles,
  });
  const slow = count({
    name: 'slow_submissions',
    help: 'Batches of reactions that the control plane was slow to answer.',
    roles,
  });
  const lookups = count({
    name: 'lookups',
    help: 'Look-ups of templates, by outcome.',
    labels: ['outcome'],
    roles,
  });
  const canary = instruments.histogram({
    name: 'canary_seconds',
    help: 'How long canary events took from publishing to their outcome.',
    roles,
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
  });
  return {
    'rules.loaded': (event) => {
      rules.set(event.rules);
      reloaded.set(1);
    },
    'rules.refused': () => {
      refused();
      reloaded.set(0);
    },
    'rules.slow': () => slow(),
    'rule.aside': () => aside(),
    'lookup.answered': (event) => lookups(1, event.outcome),
    'canary.passed': (event) => canary.observe(event.tookMs / 1000),
  };
}

type Reacting = Pick<
  Recorders,
  'event.decided' | 'loop.stopped' | 'reaction.settled' | 'reaction.retry' | 'reaction.dead'
>;

function reacting(instruments: Instruments): Reacting {
  const count = instruments.count.bind(instruments);
  const byRule = ruleCounters(instruments);
  const decided = count({ name: 'decisions', help: 'Decisions, by verdict.', labels: ['verdict'], roles });
  const stopped = count({ name: 'loops_stopped', help: 'Reactions that the loop guard stopped.', roles });
  const settled = count({
    name: 'reactions',
    help: 'Reactions that ended well, by kind of action.',
    labels: ['action'],
    roles,
  });
  const retried = count({
    name: 'reaction_retries',
    help: 'Failed attempts that are tried again, by reason.',
    labels: ['reason'],
    roles,
  });
  const dead = count({
    name: 'dead_letters',
    help: 'Reactions that ended as dead letters, by reason.',
    labels: ['reason'],
    roles,
  });
  const deciding = instruments.histogram({
    name: 'decision_seconds',
    help: 'Duration from an event in the log to each decision about it.',
    roles,
    buckets: durationBuckets,
  });
  const settling = instruments.histogram({
    name: 'reaction_seconds',
    help: 'Duration from a decision to the good end of each of its reactions.',
    roles,
    buckets: durationBuckets,
  });
  return {
    'event.decided': ({ verdict, rule, afterMs }) => {
      decided(1, verdict);
      byRule.decided(rule, verdict);
      if (afterMs !== undefined) deciding.observe(afterMs / 1000);
    },
    'loop.stopped': () => stopped(),
    'reaction.settled': ({ action, afterMs }) => {
      settled(1, action.split(' ')[0]);
      if (afterMs !== undefined) settling.observe(afterMs / 1000);
    },
    'reaction.retry': (event) => retried(1, event.reason),
    'reaction.dead': (event) => {
      dead(1, event.reason);
      byRule.died(event.rule);
    },
  };
}
