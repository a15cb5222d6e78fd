import fc from 'fast-check';
import { testSeed } from '../../support/test-seed.ts';

/** How many cases are generated, and from which seed: what fails can be made again from the printed line. */
export interface Generation {
  readonly seed: number;
  readonly runs: number;
}

/** CI takes a fixed seed and `runs` cases; BRINE_GENERATED_SEED and BRINE_GENERATED_RUNS (a factor) change both. */
export function generation(runs: number): Generation {
  const factor = Number(process.env['BRINE_GENERATED_RUNS'] ?? '1');
  return {
    seed: testSeed,
    runs: Math.max(1, Math.round(runs * factor)),
  };
}

export function describeGeneration({ seed, runs }: Generation): string {
  return `${runs} generated, seed ${seed}`;
}

/** The cases of a generation, in order: number n can be shrunk by `smallest`. */
export function generate<T>(arbitrary: fc.Arbitrary<T>, { seed, runs }: Generation): T[] {
  return fc.sample(arbitrary, { seed, numRuns: runs });
}

/** The smallest case near the one with that number which still disagrees; gives up after some seconds. */
export async function smallest<T>(
  arbitrary: fc.Arbitrary<T>,
  { seed, runs }: Generation,
  number: number,
  disagrees: (value: T) => Promise<boolean>,
): Promise<T | undefined> {
  const property = fc.asyncProperty(arbitrary, async (value) => !(await disagrees(value)));
  const found = await fc.check(property, {
    seed,
    numRuns: runs,
    path: String(number),
    interruptAfterTimeLimit: 4_000,
    markInterruptAsFailure: false,
  });
  return found.counterexample?.[0];
}
