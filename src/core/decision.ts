import type { AnsweredLookup } from './lookup.ts';
import type { Problem } from './problem.ts';
import type { TraceContext } from './trace-context.ts';

/** What the engine concluded for one event and one rule. */
export type Verdict =
  /** Its actions are in the outbox. */
  | 'fired'
  /** Its `if` was false, or its template yielded nothing. */
  | 'condition-false'
  /** The loop guard stopped it: `depth` over the limit, or Salt's `user: Reactor`. */
  | 'guarded'
  /** Its template, its condition or its compiled form has a problem. */
  | 'problem'
  /** It fired, but too many of its reactions wait already: none was taken. */
  | 'overloaded'
  /** The event's data could not be read. */
  | 'undecodable'
  /** Only in `explain --all`: its globs do not match the tag. */
  | 'no-match';

export interface Decision {
  /** `<event id>`. */
  readonly event: string;
  readonly seq: number;
  readonly tag: string;
  readonly rule: string;
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly reason: string;
  readonly problems: readonly Problem[];
  /** The reactions that it asks for. */
  readonly reactions: readonly string[];
  /** Which rules decided. */
  readonly ruleSet: string;
  readonly atMs: number;
  /** When the log took the event; not kept with it. */
  readonly eventAtMs?: number;
  /** What its templates asked, with the answers that decided; absent when they asked nothing. */
  readonly lookups?: readonly AnsweredLookup[];
  /** Under the event's span. */
  readonly trace?: TraceContext;
}
