import { join } from 'node:path';
import type { Settings } from '../config/index.ts';
import { formatProblem, messageOf, type Problem, type Telemetry, type ValueMap } from '../core/index.ts';
import { loadRules, type RuleFiles, type RuleSet } from '../rules/index.ts';
import { ruleInput } from './rule-input.ts';

export interface ReloadResult {
  /** False when the new files have errors and the last good rules stay. */
  readonly ok: boolean;
  /** The rules in force. */
  readonly hash: string;
  readonly rules: number;
  readonly problems: readonly Problem[];
}

/** Salt's word for what `reactor.add` adds: tag glob and SLS files. */
export interface Addition {
  readonly event: string;
  readonly reactors: readonly string[];
}

/**
 * The rules in force. A reload compiles the whole new set and then swaps one reference, between two batches;
 * when the new files have errors the last good set stays. At the start there is no good set yet, so whatever
 * compiled runs.
 */
export class RuleHolder {
  readonly #settings: Settings;
  readonly #grains: () => ValueMap;
  readonly #files: RuleFiles;
  readonly #telemetry: Telemetry;
  readonly #additionsFile: string;
  /** As with Salt's `reactor.add`, they are kept in memory only: a reload keeps them, a restart does not. */
  #additions: Addition[] = [];
  #ruleSet: RuleSet;
  #problems: readonly Problem[] = [];
  #seenFiles: readonly string[] = [];
  /** Rule → its `concurrency`. */
  #limits: ReadonlyMap<string, number> = new Map();

  constructor(
    settings: Settings,
    files: RuleFiles,
    telemetry: Telemetry,
    grains: () => ValueMap = () => new Map(),
  ) {
    this.#grains = grains;
    this.#settings = settings;
    this.#telemetry = telemetry;
    this.#additionsFile = join(settings.dataDir, 'reactor', 'added.yaml');
    this.#files = {
      ...files,
      read: (path) => (path === this.#additionsFile ? this.#added() : files.read(path)),
    };
    const { ruleSet, problems } = this.#load();
    this.#ruleSet = ruleSet;
    this.#take(ruleSet, problems);
  }

  get ruleSet(): RuleSet {
    return this.#ruleSet;
  }

  /** Whether the rules in force are older than the last load, which had errors. */
  get isRefused(): boolean {
    return this.#problems.some(({ severity }) => severity === 'error');
  }

  /** Of the last load, whether or not its rules are in force. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** Every file of the rules in force and of the last load. */
  get files(): ReadonlySet<string> {
    return new Set([...this.#ruleSet.files, ...this.#seenFiles]);
  }

  /** How many reactions of the rule may be under way at once; null without a limit. */
  limitOf(rule: string): number | null {
    return this.#limits.get(rule) ?? (this.#settings.reactor.ruleConcurrency || null);
  }

  /** The rules with a limit. */
  limitedRules(): string[] {
    return this.#ruleSet.rules.map(({ name }) => name).filter((name) => this.limitOf(name) !== null);
  }

  get additions(): readonly Addition[] {
    return this.#additions;
  }

  reload(): ReloadResult {
    try {
      const { ruleSet, problems } = this.#load();
      if (!problems.some(({ severity }) => severity === 'error')) this.#take(ruleSet, problems);
      else this.#refuse(ruleSet.files, problems);
    } catch (error) {
      const place = { file: this.#settings.reactor.reactors[0] ?? '', line: 1, column: 1 };
      const message = `the rules cannot be loaded: ${messageOf(error)}`;
      this.#refuse([], [{ code: 'UNREADABLE_FILE', severity: 'error', message, ...place }]);
    }
    const ok = !this.#problems.some(({ severity }) => severity === 'error');
    return {
      ok,
      hash: this.#ruleSet.hash,
      rules: this.#ruleSet.rules.length,
      problems: this.#problems,
    };
  }

  /** Reloads with the addition; without it when it has problems of its own. */
  add(addition: Addition): ReloadResult {
    const before = this.#additions;
    this.#additions = [...before, addition];
    const result = this.reload();
    if (!result.ok) {
      this.#additions = before;
      this.reload();
    }
    return result;
  }

  /** False when no addition watches that glob. */
  remove(event: string): boolean {
    const left = this.#additions.filter((addition) => addition.event !== event);
    if (left.length === this.#additions.length) return false;
    this.#additions = left;
    this.reload();
    return true;
  }

  #load(): { ruleSet: RuleSet; problems: readonly Problem[] } {
    const input = ruleInput(this.#settings, this.#grains());
    const added = this.#additions.length === 0 ? [] : [this.#additionsFile];
    return loadRules({ ...input, reactors: [...input.reactors, ...added] }, this.#files);
  }

  #take(ruleSet: RuleSet, problems: readonly Problem[]): void {
    this.#ruleSet = ruleSet;
    this.#problems = problems;
    this.#seenFiles = ruleSet.files;
    const { hash, rules, files } = ruleSet;
    this.#limits = new Map(
      rules.flatMap(({ name, concurrency }) => (concurrency === null ? [] : [[name, concurrency]])),
    );
    const counts = { rules: rules.length, files: files.length, problems: problems.length };
    this.#telemetry.emit({ kind: 'rules.loaded', hash, ...counts });
    if (problems.some(({ severity }) => severity === 'error')) this.#tell(problems);
  }

  #refuse(files: readonly string[], problems: readonly Problem[]): void {
    this.#problems = problems;
    this.#seenFiles = files;
    this.#tell(problems);
  }

  #tell(problems: readonly Problem[]): void {
    const message = problems.map(formatProblem).join('\n');
    this.#telemetry.emit({ kind: 'rules.refused', problems: problems.length, message });
  }

  /** The additions as a reactor file. JSON is YAML. */
  #added(): string {
    return JSON.stringify({ reactor: this.#additions.map(({ event, reactors }) => ({ [event]: reactors })) });
  }
}
