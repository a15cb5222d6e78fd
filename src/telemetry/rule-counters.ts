import { Counter, type Registry } from 'prom-client';

/** Rules that have counters of their own; those that come later are counted together. */
const rulesMax = 500;
const others = '(others)';

export interface RuleCounters {
  decided(rule: string, verdict: string): void;
  died(rule: string): void;
}

/** What became of each rule's events. Rules come from operators' files, so there are few; still they are bounded. */
export function ruleCounters(registry: Registry): RuleCounters {
  const decisions = new Counter({
    name: 'brine_rule_decisions_total',
    help: 'Decisions of each rule, by verdict.',
    labelNames: ['rule', 'verdict'],
    registers: [registry],
  });
  const dead = new Counter({
    name: 'brine_rule_dead_letters_total',
    help: 'Reactions of each rule that ended as dead letters.',
    labelNames: ['rule'],
    registers: [registry],
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
