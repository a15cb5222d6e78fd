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

/** What came up at a desk; most events leave none. */
interface Book {
  /** Every look-up that may be asked, told or not. */
  readonly seen: Set<string>;
  readonly needs: Map<string, Lookup>;
  /** By rule. */
  readonly used: Map<string, Map<string, AnsweredLookup>>;
  readonly notes: Map<string, Problem[]>;
}

/** Answers what one event's templates ask out of a table, and keeps what was asked in vain and what was used. */
export class Desk implements LookupDesk {
  readonly #policy: LookupPolicy;
  readonly #answers: Answers;
  #rule = '';
  #book: Book | null = null;

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
    const { seen, needs, used } = this.#open();
    const { perEventMax } = this.#policy;
    const key = lookupKey(lookup);
    if (seen.size >= perEventMax && !seen.has(key)) {
      const message = `this event asks more than ${perEventMax} different look-ups, the limit of lookups_per_event_max`;
      return { ok: false, reason: 'too-many', message };
    }
    seen.add(key);
    const answer = this.#answers.get(key);
    if (answer === undefined) needs.set(key, lookup);
    else if (used.get(this.#rule)?.set(key, { lookup, answer }) === undefined)
      used.set(this.#rule, new Map([[key, { lookup, answer }]]));
    return answer;
  }

  note(problem: Problem): void {
    const { notes } = this.#open();
    const own = notes.get(this.#rule);
    if (own === undefined) notes.set(this.#rule, [problem]);
    else if (own.length < notesMax) own.push(problem);
  }

  /** What was asked and is not in the table, each once. */
  get needs(): readonly Lookup[] {
    return this.#book === null ? nothing : [...this.#book.needs.values()];
  }

  /** The answers that a rule's templates got. */
  usedBy(rule: string): readonly AnsweredLookup[] {
    return [...(this.#book?.used.get(rule)?.values() ?? [])];
  }

  /** What a rule's conditions and leaves said; SLS files say it to their decision themselves. */
  notesOf(rule: string): readonly Problem[] {
    return this.#book?.notes.get(rule) ?? [];
  }

  /** Whether anything was asked or noted. */
  get wasUsed(): boolean {
    return this.#book !== null;
  }

  #open(): Book {
    this.#book ??= { seen: new Set(), needs: new Map(), used: new Map(), notes: new Map() };
    return this.#book;
  }
}

const nothing: readonly Lookup[] = [];
