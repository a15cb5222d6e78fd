import { RenderFailure, type Source } from '../types.ts';
import { Collector, mark } from './collector.ts';
import { compilePlan, type Plan } from './plan.ts';

/** Texts that one template may keep compiled, and their characters together. */
const plansMax = 64;
const charactersMax = 1_000_000;

interface Entry {
  readonly text: string;
  readonly slots: number;
  readonly result: Plan | RenderFailure;
}

/** The compiled forms of the texts that a template has made, the most recently used ones. */
export class PlanCache {
  readonly #source: Source;
  readonly #entries = new Map<string, Entry>();
  #characters = 0;
  #last: Entry | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The plan for what was collected. Throws a RenderFailure when the text is no YAML. */
  plan(collected: Collector): Plan {
    const { result } = this.#entry(collected);
    return result instanceof RenderFailure ? this.#withoutBlanks(collected, result) : result;
  }

  /** The line of a top-level key, from the plans of past runs. */
  lineOf(key: string): number | undefined {
    for (const { result } of [this.#last, ...this.#entries.values()].flatMap((entry) => entry ?? [])) {
      const line = result instanceof RenderFailure ? undefined : result.lineOf(key);
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #entry(collected: Collector): Entry {
    const text = collected.out;
    const slots = collected.values.length;
    if (this.#last !== null && this.#last.text === text && this.#last.slots === slots) return this.#last;
    let entry = this.#entries.get(text);
    if (entry === undefined) this.#characters += text.length;
    else this.#entries.delete(text);
    if (entry === undefined || entry.slots !== slots)
      entry = { text, slots, result: this.#compile(text, slots) };
    this.#entries.set(text, entry);
    this.#last = entry;
    this.#trim();
    return entry;
  }

  #compile(text: string, slots: number): Plan | RenderFailure {
    try {
      return compilePlan(text, slots, this.#source);
    } catch (error) {
      if (error instanceof RenderFailure) return error;
      throw error;
    }
  }

  /**
   * An expression on a line of its own that prints nothing (`{{ list.append(x) or '' }}`) leaves no trace in
   * Salt, while its mark breaks the YAML here. What is blank is left out then; blanks cannot add structure.
   */
  #withoutBlanks(collected: Collector, failure: RenderFailure): Plan {
    const blank = collected.values.map((value, index) =>
      /^\s*$/.test(collected.texts[index] ?? (typeof value === 'string' ? value : '-')),
    );
    if (!blank.includes(true) || failure.problem.code !== 'YAML_SYNTAX') throw failure;
    const rest = new Collector();
    for (const [index, literal] of collected.out.split(mark).entries()) {
      if (index > 0 && blank[index - 1] !== true) {
        const value = collected.values[index - 1] ?? null;
        const text = collected.texts[index - 1];
        if (text === undefined) rest.value(value);
        else rest.serialised(value, text);
      }
      rest.text(literal);
    }
    const { result } = this.#entry(rest);
    if (result instanceof RenderFailure) throw failure;
    return { ...result, build: () => result.build(rest) };
  }

  #trim(): void {
    while (this.#entries.size > plansMax || this.#characters > charactersMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest === undefined) return;
      this.#entries.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
