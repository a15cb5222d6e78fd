import { expect } from 'vitest';
import { mapOf } from '../../src/core/index.ts';
import type { SaltRelease } from '../../src/rules/index.ts';
import { brineAnswer } from './support/brine.ts';
import { compareCalls, difference } from './support/compare.ts';
import { type Case, corpus } from './support/corpus.ts';
import { Report } from './support/report.ts';
import type { Answer, Salt } from './support/salt.ts';
import { withEverySalt } from './support/with-salt.ts';

const cases = corpus();

function ask(salt: Salt, { files, roots, tag, data }: Case): Promise<Answer> {
  return salt.ask({ files: mapOf(files), roots: mapOf(roots), tag, data });
}

withEverySalt('the corpus compiles to the same low chunks', async (salt, release) => {
  const line = Number(release.slice(0, 4)) as SaltRelease;
  const report = new Report('corpus', release);
  const answers = await Promise.all(cases.map((each) => ask(salt, each)));
  const calls = new Report('calls', release);
  for (const [index, each] of cases.entries()) {
    const [theirs, ours] = [answers[index] as Answer, brineAnswer(each, line)];
    const found = difference(theirs, ours);
    report.add(each.name, found);
    if (found === null) compareCalls(each.name, theirs, ours, calls);
  }
  report.print();
  calls.print();
  expect(cases.length).toBeGreaterThan(400);
  expect(report.unexplained.length).toBeLessThanOrEqual(report.openMax);
  expect(calls.unexplained.length).toBeLessThanOrEqual(calls.openMax);
});
