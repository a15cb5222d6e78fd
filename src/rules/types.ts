import type { ValueMap } from '../core/index.ts';
import type { Matcher } from '../match/index.ts';
import type { Expression, SlsTemplate } from '../render/index.ts';
import type { LookupPolicy } from './lookup-policy.ts';
import type { ActionTemplate } from './native/action.ts';

/** The disk as rules see it. */
export interface RuleFiles {
  /** The text of a file; null when it does not exist. Throws when it may not be read. */
  read(path: string): string | null;
  /** What a shell glob names, sorted. */
  glob(pattern: string): readonly string[];
  /** The reactor files (`*.yaml`, `*.yml`, `*.sls`) of a folder: absolute, sorted. */
  list(folder: string): readonly string[];
  isFolder(path: string): boolean;
}

/** What templates of SLS files see of their surroundings; the same for every event, and part of the set's hash. */
export interface SaltFacts {
  readonly opts: ValueMap;
  readonly grains: ValueMap;
  /** The environment variables that templates may read. */
  readonly environ: ValueMap;
}

/** The release whose compiler is followed where they differ. */
export type SaltRelease = 3006 | 3007 | 3008;

export interface RuleInput {
  /** Files and folders; absolute. */
  readonly reactors: readonly string[];
  /** Environment → folders, for `salt://` and for what templates include. */
  readonly fileRoots: Readonly<Record<string, readonly string[]>>;
  readonly stepsMax: number;
  readonly bytesMax: number;
  /** Reactions in a row after which an event is taken for part of a loop. */
  readonly depthMax: number;
  /** Nothing to see without. */
  readonly facts?: SaltFacts;
  /** The newest without. */
  readonly saltCompat?: SaltRelease;
  /** What templates may ask; only what looks without. */
  readonly lookups?: LookupPolicy;
  /** Functions that exist, by verb; rules that name another one get a warning. */
  readonly knownFunctions?: KnownFunctions;
}

export type KnownFunctions = Readonly<
  Partial<Record<'local' | 'runner' | 'wheel' | 'caller', readonly string[]>>
>;

/** All rules of all files, compiled. */
export interface RuleSet {
  /** Twelve hexadecimal digits over the names and contents of the files. */
  readonly hash: string;
  readonly rules: readonly Rule[];
  /** Matches the globs of all rules; `owners` says whose each one is. */
  readonly matcher: Matcher;
  /** The index in `rules` for each glob of the matcher. */
  readonly owners: readonly number[];
  /** Every file that was read: reactor files, SLS files, what they include. */
  readonly files: readonly string[];
  readonly depthMax: number;
  readonly facts: SaltFacts;
  readonly saltCompat: SaltRelease;
  readonly lookups: LookupPolicy;
}

export type Rule = SaltRule | NativeRule;

interface RuleBase {
  /** Unique within the set. */
  readonly name: string;
  /** Tag globs with fnmatch meaning. */
  readonly globs: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly condition: Condition | null;
  /** Reactions of it that may be under way at once; null: as the settings say. */
  readonly concurrency: number | null;
}

/** One entry of a `reactor:` list, or an SLS file with a `__rule__`. */
export interface SaltRule extends RuleBase {
  readonly kind: 'salt';
  readonly sls: readonly SlsFile[];
  /**
   * Entries of `reactor:` lists that match the same event share their IDs, as in Salt: a later one
   * replaces an earlier one. An SLS file with a `__rule__` keeps to itself.
   */
  readonly shared: boolean;
}

export interface SlsFile {
  readonly file: string;
  readonly template: SlsTemplate;
}

export interface NativeRule extends RuleBase {
  readonly kind: 'native';
  readonly vars: readonly (readonly [name: string, value: Expression])[];
  /** The condition uses variables; otherwise it is judged first, and most events cost no more. */
  readonly varsFirst: boolean;
  readonly actions: readonly ActionTemplate[];
}

/** An `if`: the parts that its topmost `and` joins, so that the one that was false can be named. */
export interface Condition {
  readonly text: string;
  readonly parts: readonly ConditionPart[];
}

export interface ConditionPart {
  readonly expression: Expression;
  /** The names it looks at, as steps from a variable: `data.fun_args[0]` is `['data', 'fun_args', 0]`. */
  readonly paths: readonly (readonly (string | number)[])[];
}
