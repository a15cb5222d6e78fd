import { readFileSync } from 'node:fs';
import type { Release } from './salt.ts';

/** A disagreement that stays, and why. */
export interface Accepted {
  /** The cases it covers: how their names start. */
  readonly cases?: readonly string[];
  /** What the disagreements say that it covers: expressions for the whole line that reports one. */
  readonly says?: readonly string[];
  /** The lines it covers; all without it. */
  readonly releases?: readonly string[];
  readonly reason: string;
  /** Words of docs/salt-differences.md, where users find it. */
  readonly anchor: string;
}

export const accepted: readonly Accepted[] = JSON.parse(
  readFileSync(new URL('../accepted.json', import.meta.url), 'utf8'),
) as readonly Accepted[];

/**
 * How many disagreements are known and not yet mended, for each suite and line: a debt that may only shrink.
 * It is no licence: a case that is right as it is belongs into accepted.json with its reason.
 */
const open = JSON.parse(readFileSync(new URL('../open.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, number>>>
>;

const expressions = new Map(
  accepted.map((entry) => [entry, (entry.says ?? []).map((text) => new RegExp(text, 's'))]),
);

function reasonFor(name: string, difference: string, release: Release): string | undefined {
  const line = `${name}: ${difference}`;
  return accepted.find(
    (entry) =>
      (entry.releases?.includes(release) ?? true) &&
      (entry.cases?.some((start) => name.startsWith(start)) === true ||
        expressions.get(entry)?.some((expression) => expression.test(line)) === true),
  )?.reason;
}

/** Counts agreements of one suite with one release. */
export class Report {
  readonly #title: string;
  readonly #release: Release;
  readonly #made: string;
  readonly unexplained: string[] = [];
  /** The numbers of the unexplained cases, in the order in which they were added. */
  readonly numbers: number[] = [];
  #cases = 0;
  #accepted = 0;

  constructor(title: string, release: Release, made = '') {
    this.#title = title;
    this.#release = release;
    this.#made = made === '' ? '' : ` (${made})`;
  }

  add(name: string, difference: string | null): void {
    const number = this.#cases;
    this.#cases += 1;
    if (difference === null) return;
    if (this.explains(name, difference)) this.#accepted += 1;
    else {
      this.unexplained.push(`${name}: ${difference}`);
      this.numbers.push(number);
    }
  }

  /** Whether a disagreement of a case is one that stays. */
  explains(name: string, difference: string): boolean {
    return reasonFor(name, difference, this.#release) !== undefined;
  }

  /** How many disagreements may be left without a reason. */
  get openMax(): number {
    return open[this.#title]?.[this.#release] ?? 0;
  }

  /** Prints what the suite found, and what else there is to say. */
  print(more = ''): void {
    const different = this.#accepted + this.unexplained.length;
    const share = this.#cases === 0 ? 0 : ((this.#cases - different) / this.#cases) * 100;
    process.stdout.write(
      `${this.#title}, salt ${this.#release}${this.#made}: ${this.#cases} cases, ${this.#cases - different} agree ` +
        `(${share.toFixed(1)} %), ${this.#accepted} accepted, ${this.unexplained.length} unexplained (${this.openMax} known)${more === '' ? '' : `; ${more}`}\n`,
    );
    for (const line of this.unexplained.slice(0, 400)) process.stdout.write(`  ${line.slice(0, 700)}\n`);
  }
}
