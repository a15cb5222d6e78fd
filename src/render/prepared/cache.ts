import type { Source } from '../types.ts';
import type { Collector } from './collector.ts';
import { compilePlan, type Plan } from './plan.ts';

/** Texts that one template may keep compiled, and their characters together. */
const plansMax = 64;
const charactersMax = 1_000_000;

/** The compiled forms of the texts that a template has made, the most recently used ones. */
export class PlanCache {
  readonly #source: Source;
  readonly #plans = new Map<string, Plan>();
  #characters = 0;
  #last: Plan | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The plan for what was collected. Throws a RenderFailure when the text is no YAML. */
  plan(collected: Collector): Plan {
    const text = collected.out;
    const slots = collected.values.length;
    if (this.#last !== null && this.#last.text === text && this.#last.slots === slots) return this.#last;
    let plan = this.#plans.get(text);
    if (plan === undefined || plan.slots !== slots) {
      plan = compilePlan(text, slots, this.#source);
      this.#characters += text.length;
    } else this.#plans.delete(text);
    this.#plans.set(text, plan);
    this.#last = plan;
    this.#trim();
    return plan;
  }

  /** The line of a top-level key, from the plans of past runs. */
  lineOf(key: string): number | undefined {
    return (
      this.#last?.lines.get(key) ??
      [...this.#plans.values()].findLast((plan) => plan.lines.has(key))?.lines.get(key)
    );
  }

  #trim(): void {
    while (this.#plans.size > plansMax || this.#characters > charactersMax) {
      const oldest = this.#plans.keys().next().value;
      if (oldest === undefined) return;
      this.#plans.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
