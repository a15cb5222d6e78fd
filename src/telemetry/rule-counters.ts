import type { Instruments } from './instruments.ts';

/** Rules that have counters of their own; those that come later are counted together. */
const rulesMax = 500;
const others = '(others)';

export interface RuleCounters {
  decided(rule: string, verdict: string): void;
  died(rule: string): void;
}

/** What became of each rule's events. Rules come from operators' files, so there are few; still they are bounded. */
export function ruleCounters(instruments: Instruments): RuleCounters {
  const decisions = instruments.counter({
    name: 'rule_decisions',
    help: 'Decisions of each rule, by verdict; of 500 rules, the others together.',
    labels: ['rule', 'verdict'],
    roles: ['reactor'],
  });
  const dead = instruments.counter({
    name: 'rule_dead_letters',
    help: 'Reactions of each rule that ended as dead letters.',
    labels: ['rule'],
    roles: ['reactor'],
  });
  // Finding the counter of its labels costs more than counting.
  const known = new Map<string, Map<string, { inc(): void }>>();
  const nameOf = (rule: string): string => (known.has(rule) || known.size < rulesMax ? rule : others);
  return {
    decided: (rule, verdict) => {
      const name = nameOf(rule);
      let verdicts = known.get(name);
      if (verdicts === undefined) {
        verdicts = new Map();
        known.set(name, verdicts);
      }
      let one = verdicts.get(verdict);
      if (one === undefined) {
        one = decisions.labels({ rule: name, verdict });
        verdicts.set(verdict, one);
      }
      one.inc();
    },
    died: (rule) => dead.inc({ rule: nameOf(rule) }),
  };
}
