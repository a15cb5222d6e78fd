import { expect } from 'vitest';
import { expressions, filters, hostFilters, methodTables, tests } from './expressions/index.ts';
import { difference } from './support/compare.ts';
import { namesOf } from './support/names.ts';
import { brinePrints, given } from './support/print.ts';
import { Report } from './support/report.ts';
import type { Answer } from './support/salt.ts';
import { withEverySalt } from './support/with-salt.ts';

const texts = expressions();
const printed = texts.map(brinePrints);
const methodNames = new Set(methodTables.flatMap((table) => Object.keys(table)));
const methods = namesOf('Methods');
/** `salt` is compared in whole files; random text and the whole context have nothing to compare with. */
const globals = namesOf('Globals').filter((name) => !/^(?:salt|lipsum|show_full_context)$/.test(name));
/** What is logged is no part of what is printed; `grains.items` are the host's. */
const functions = namesOf("Salt's functions").filter((name) => !/^log\.|^grains\.items$/.test(name));

function isIn(words: string): boolean {
  return texts.some((text) => text.includes(words));
}

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
      `${hostFilters.join(' ')}\ntests: ${Object.keys(tests).join(' ')}\nmethods: ${methods.join(' ')}\nglobals: ${globals.join(' ')}\nSalt's functions: ${functions.join(' ')}\n`,
  );
  expect(functions.filter((name) => !isIn(`salt['${name}'](`))).toEqual([]);
  expect(methods.filter((name) => !methodNames.has(name) && !isIn(`.${name}(`))).toEqual([]);
  expect(globals.filter((name) => !isIn(`${name}(`))).toEqual([]);
  expect(Math.min(methods.length, globals.length)).toBeGreaterThan(5);
  expect(uncovered).toEqual([]);
  expect(untested).toEqual([]);
  expect(texts.length).toBeGreaterThan(2000);
  expect(report.unexplained.length).toBeLessThanOrEqual(report.openMax);
});
