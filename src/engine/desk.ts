import {
  type Answer,
  type AnsweredLookup,
  type Answers,
  type Lookup,
  lookupKey,
  type Problem,
} from '../core/index.ts';
import { type LookupDesk, type LookupPolicy, refusalOf } from '../rules/index.ts';

const notesMax = 100;

/** Answers what one event's templates ask out of a table, and keeps what was asked in vain and what was used. */
export class Desk implements LookupDesk {
  readonly #policy: LookupPolicy;
  readonly #answers: Answers;
  #rule = '';
  #needs: Map<string, Lookup> | null = null;
  #used: Map<string, Map<string, AnsweredLookup>> | null = null;
  #seen: Set<string> | null = null;
  #notes: Map<string, Problem[]> | null = null;

  constructor(policy: LookupPolicy, answers: Answers) {
    this.#policy = policy;
    this.#answers = answers;
  }

  /** Whose templates run from now on. */
  serve(rule: string): void {
    this.#rule = rule;
  }

  ask(lookup: Lookup): Answer | undefined {
    const refusal = refusalOf(this.#policy, lookup);
    if (refusal !== undefined) return { ok: false, reason: 'not-allowed', message: refusal };
    const key = lookupKey(lookup);
    this.#seen ??= new Set();
    this.#seen.add(key);
    if (this.#seen.size > this.#policy.perEventMax) {
      const message = `this event asks more than ${this.#policy.perEventMax} different look-ups, the limit of lookups_per_event_max`;
      return { ok: false, reason: 'too-many', message };
    }
    const answer = this.#answers.get(key);
    if (answer === undefined) {
      this.#needs ??= new Map();
      this.#needs.set(key, lookup);
      return undefined;
    }
    this.#used ??= new Map();
    const used = this.#used.get(this.#rule) ?? new Map<string, AnsweredLookup>();
    this.#used.set(this.#rule, used.set(key, { lookup, answer }));
    return answer;
  }

  note(problem: Problem): void {
    this.#notes ??= new Map();
    const notes = this.#notes.get(this.#rule) ?? [];
    if (notes.length < notesMax) notes.push(problem);
    this.#notes.set(this.#rule, notes);
  }

  /** What was asked and is not in the table, each once. */
  get needs(): readonly Lookup[] {
    return this.#needs === null ? nothing : [...this.#needs.values()];
  }

  /** The answers that a rule's templates got. */
  usedBy(rule: string): readonly AnsweredLookup[] {
    return [...(this.#used?.get(rule)?.values() ?? [])];
  }

  /** What a rule's conditions and leaves said; SLS files say it to their decision themselves. */
  notesOf(rule: string): readonly Problem[] {
    return this.#notes?.get(rule) ?? [];
  }

  /** False while nothing was told and nothing noted: most events. */
  get wasUsed(): boolean {
    return this.#used !== null || this.#notes !== null;
  }
}

const nothing: readonly Lookup[] = [];
