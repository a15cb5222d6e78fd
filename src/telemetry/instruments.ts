import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Who counts. Each has only the metrics that it can know, so that nobody reads its zeros as news. */
export type MetricRole = 'master' | 'minion' | 'reactor' | 'api';

/** What a metric is, for the page that explains them. */
export interface MetricSpec {
  /** As in the exposition: with `brine_` in front and `_total` behind counters. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly roles: readonly MetricRole[];
}

interface Wanted {
  /** Without `brine_`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly roles: readonly MetricRole[];
}

/** Makes the metrics of one role; those of other roles count into nowhere. */
export class Instruments {
  readonly registry: Registry = new Registry();
  readonly specs: MetricSpec[] = [];
  readonly #role: MetricRole | undefined;

  /** Without a role they are the metrics of all. */
  constructor(role?: MetricRole) {
    this.#role = role;
    if (role !== undefined) this.registry.setDefaultLabels({ role });
  }

  counter(wanted: Wanted): Counter {
    return new Counter(this.#described('counter', { ...wanted, name: `${wanted.name}_total` }));
  }

  gauge(wanted: Wanted): Gauge {
    return new Gauge(this.#described('gauge', wanted));
  }

  histogram(wanted: Wanted & { readonly buckets: readonly number[] }): Histogram {
    return new Histogram({ ...this.#described('histogram', wanted), buckets: [...wanted.buckets] });
  }

  /** A counter with at most one label: finding the counter of a label costs more than counting. */
  count(wanted: Wanted): (value?: number, by?: string) => void {
    const made = this.counter(wanted);
    const [label] = wanted.labels ?? [];
    const known = new Map<string, { inc(value: number): void }>();
    return (value = 1, by = '') => {
      if (label === undefined) return made.inc(value);
      const one = known.get(by) ?? made.labels({ [label]: by });
      known.set(by, one);
      one.inc(value);
    };
  }

  #described(
    type: MetricSpec['type'],
    { name, help, labels = [], roles }: Wanted,
  ): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    const spec = { name: `brine_${name}`, type, help, labels, roles };
    const isOurs = this.#role === undefined || roles.includes(this.#role);
    if (isOurs) this.specs.push(spec);
    return { name: spec.name, help, labelNames: [...labels], registers: isOurs ? [this.registry] : [] };
  }
}

/** Where durations fall that are usually milliseconds and may become minutes. */
export const durationBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];
