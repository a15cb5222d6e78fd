import { expect } from 'vitest';
import { fromPlain, type Value, type ValueMap } from '../../src/core/index.ts';
import { compileLeaf } from '../../src/render/index.ts';
import { context, expressions, filters, hostFilters, methodNames, tests } from './expressions/index.ts';
import { envOf } from './support/brine.ts';
import { difference } from './support/compare.ts';
import { Report } from './support/report.ts';
import type { Answer } from './support/salt.ts';
import { withEverySalt } from './support/with-salt.ts';

const names = new Map(Object.entries(context).map(([name, value]) => [name, fromPlain(value)]));
const env = envOf({});
const texts = expressions();

function brinePrints(text: string): Answer {
  try {
    const leaf = compileLeaf({ file: 'expression', text }, env);
    const result = leaf.ok ? leaf.value.build(names) : leaf;
    if (result.ok) return { printed: result.value as string };
    const [problem] = result.problems;
    return { refused: `${problem?.code}: ${problem?.message}` };
  } catch (error) {
    return { crashed: String(error) };
  }
}

withEverySalt('expressions print the same', async (salt, release) => {
  const report = new Report('expressions', release);
  const given: ValueMap = new Map<Value, Value>(names);
  const answers = await Promise.all(texts.map((expression) => salt.ask({ expression, context: given })));
  for (const [index, text] of texts.entries())
    report.add(text, difference(answers[index] as Answer, brinePrints(text)));
  report.print();
  const known = await salt.ask({ names: true });
  const covered = new Set([...Object.keys(filters), ...hostFilters]);
  const uncovered = (known.filters ?? []).filter((name) => !covered.has(name));
  const untested = (known.tests ?? []).filter((name) => !(name in tests));
  process.stdout.write(
    `filters: ${Object.keys(filters).join(' ')}\nnot comparable (chance, clock, network, host): ` +
      `${hostFilters.join(' ')}\ntests: ${Object.keys(tests).join(' ')}\nmethods: ${methodNames.join(' ')}\n`,
  );
  expect(uncovered).toEqual([]);
  expect(untested).toEqual([]);
  expect(texts.length).toBeGreaterThan(2000);
  expect(report.unexplained.length).toBeLessThanOrEqual(report.openMax);
});
