import { expect } from 'vitest';
import { expressions, filters, hostFilters, methodTables, tests } from './expressions/index.ts';
import { difference } from './support/compare.ts';
import { brinePrints, given } from './support/print.ts';
import { Report } from './support/report.ts';
import type { Answer } from './support/salt.ts';
import { withEverySalt } from './support/with-salt.ts';

const texts = expressions();
const printed = texts.map(brinePrints);
const methodNames = new Set(methodTables.flatMap((table) => Object.keys(table)));

withEverySalt('expressions print the same', async (salt, release) => {
  const report = new Report('expressions', release);
  const answers = await Promise.all(texts.map((expression) => salt.ask({ expression, context: given })));
  for (const [index, text] of texts.entries())
    report.add(text, difference(answers[index] as Answer, printed[index] as Answer));
  report.print();
  const known = await salt.ask({ names: true });
  const covered = new Set([...Object.keys(filters), ...hostFilters]);
  const uncovered = (known.filters ?? []).filter((name) => !covered.has(name));
  const untested = (known.tests ?? []).filter((name) => !(name in tests));
  process.stdout.write(
    `filters: ${Object.keys(filters).join(' ')}\nnot comparable (chance, clock, network, host): ` +
      `${hostFilters.join(' ')}\ntests: ${Object.keys(tests).join(' ')}\nmethods: ${[...methodNames].join(' ')}\n`,
  );
  expect(uncovered).toEqual([]);
  expect(untested).toEqual([]);
  expect(texts.length).toBeGreaterThan(2000);
  expect(report.unexplained.length).toBeLessThanOrEqual(report.openMax);
});
