import fc from 'fast-check';
import { expect } from 'vitest';
import { fromPlain, mapOf, type ValueMap } from '../../src/core/index.ts';
import type { SaltRelease } from '../../src/rules/index.ts';
import { event, type GeneratedEvent } from './generated/events.ts';
import { roots, slsFile } from './generated/sls.ts';
import { type BrineAnswer, brineAnswer } from './support/brine.ts';
import { compareCalls, difference } from './support/compare.ts';
import type { Case } from './support/corpus.ts';
import { describeGeneration, generate, generation, smallest } from './support/generate.ts';
import { Report } from './support/report.ts';
import type { Answer, Salt } from './support/salt.ts';
import { withEverySalt } from './support/with-salt.ts';

interface Generated {
  readonly files: readonly string[];
  readonly event: GeneratedEvent;
}

const arbitrary: fc.Arbitrary<Generated> = fc.record({
  files: fc.array(slsFile, { minLength: 1, maxLength: 2 }),
  event,
});
const plan = generation(700);
const cases = generate(arbitrary, plan);

function caseOf({ files, event: { tag, data } }: Generated): Case {
  const named = Object.fromEntries(files.map((text, index) => [`f${index}.sls`, text]));
  return { name: 'generated', files: named, roots, tag, data: fromPlain(data) as ValueMap };
}

interface Compared {
  readonly salt: Answer;
  readonly brine: BrineAnswer;
  readonly difference: string | null;
}

async function compared(salt: Salt, line: SaltRelease, generated: Generated): Promise<Compared> {
  const each = caseOf(generated);
  const { files, tag, data } = each;
  const answer = await salt.ask({ files: mapOf(files), roots: mapOf(roots), tag, data });
  const brine = brineAnswer(each, line);
  return { salt: answer, brine, difference: difference(answer, brine) };
}

function shown({ files, event: { tag, data } }: Generated): string {
  return `${files.join('\n=====\n')}\n----- ${tag} ${JSON.stringify(data)}`;
}

withEverySalt('generated reactor files compile to the same low chunks', async (salt, release) => {
  const line = Number(release.slice(0, 4)) as SaltRelease;
  const report = new Report('generated SLS', release, describeGeneration(plan));
  const found = await Promise.all(cases.map((each) => compared(salt, line, each)));
  const calls = new Report('generated calls', release);
  for (const [number, each] of found.entries()) {
    report.add(`generated #${number}`, each.difference);
    if (each.difference === null) compareCalls(`generated #${number}`, each.salt, each.brine, calls);
  }
  const taken = found.filter(({ salt: answer }) => answer.refused === undefined).length;
  const chunks = found.reduce((sum, { salt: answer }) => sum + (answer.chunks?.length ?? 0), 0);
  report.print(`Salt takes ${taken} of them and makes ${chunks} chunks`);
  calls.print();
  for (const number of report.numbers.slice(0, Number(process.env['SMALL'] ?? 5))) {
    const small = await smallest(arbitrary, plan, number, async (value) => {
      const { difference: why } = await compared(salt, line, value);
      return why !== null && !report.explains('generated', why);
    });
    if (small !== undefined)
      process.stdout.write(
        `#${number}, made small: ${(await compared(salt, line, small)).difference}\n${shown(small)}\n\n`,
      );
  }
  expect(report.unexplained.length).toBeLessThanOrEqual(report.openMax);
  expect(calls.unexplained.length).toBeLessThanOrEqual(calls.openMax);
});
