import { readFileSync } from 'node:fs';
import type { Release } from './salt.ts';

/** A disagreement that stays, and why. */
interface Accepted {
  /** The cases it covers: how their names start. */
  readonly cases: readonly string[];
  /** The lines it covers; all without it. */
  readonly releases?: readonly string[];
  readonly reason: string;
}

const accepted = JSON.parse(
  readFileSync(new URL('../accepted.json', import.meta.url), 'utf8'),
) as readonly Accepted[];

/**
 * How many disagreements are known and not yet mended, for each suite and line: a debt that may only shrink.
 * It is no licence: a case that is right as it is belongs into accepted.json with its reason.
 */
const open = JSON.parse(readFileSync(new URL('../open.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, number>>>
>;

function reasonFor(name: string, release: Release): string | undefined {
  return accepted.find(
    (entry) =>
      entry.cases.some((start) => name.startsWith(start)) && (entry.releases?.includes(release) ?? true),
  )?.reason;
}

/** Counts agreements of one suite with one release. */
export class Report {
  readonly #title: string;
  readonly #release: Release;
  readonly unexplained: string[] = [];
  #cases = 0;
  #accepted = 0;

  constructor(title: string, release: Release) {
    this.#title = title;
    this.#release = release;
  }

  add(name: string, difference: string | null): void {
    this.#cases += 1;
    if (difference === null) return;
    if (reasonFor(name, this.#release) === undefined) this.unexplained.push(`${name}: ${difference}`);
    else this.#accepted += 1;
  }

  /** How many disagreements may be left without a reason. */
  get openMax(): number {
    return open[this.#title]?.[this.#release] ?? 0;
  }

  /** Prints what the suite found. */
  print(): void {
    const different = this.#accepted + this.unexplained.length;
    const share = this.#cases === 0 ? 0 : ((this.#cases - different) / this.#cases) * 100;
    process.stdout.write(
      `${this.#title}, salt ${this.#release}: ${this.#cases} cases, ${this.#cases - different} agree ` +
        `(${share.toFixed(1)} %), ${this.#accepted} accepted, ${this.unexplained.length} unexplained (${this.openMax} known)\n`,
    );
    for (const line of this.unexplained.slice(0, 400)) process.stdout.write(`  ${line.slice(0, 700)}\n`);
  }
}
