import { expect } from 'vitest';
import { expressionTemplate } from './generated/expressions.ts';
import { difference } from './support/compare.ts';
import { describeGeneration, generate, generation, smallest } from './support/generate.ts';
import { brinePrints, given } from './support/print.ts';
import { Report } from './support/report.ts';
import type { Answer } from './support/salt.ts';
import { withEverySalt } from './support/with-salt.ts';

const plan = generation(4_000);
const texts = generate(expressionTemplate, plan);
const printed = texts.map(brinePrints);

withEverySalt('generated expressions print the same', async (salt, release) => {
  const report = new Report('generated expressions', release, describeGeneration(plan));
  const ask = (expression: string): Promise<Answer> => salt.ask({ expression, context: given });
  const answers = await Promise.all(texts.map(ask));
  for (const [index, text] of texts.entries())
    report.add(text, difference(answers[index] as Answer, printed[index] as Answer));
  const refused = answers.filter((answer) => answer.refused !== undefined).length;
  const slow = answers.filter((answer) => answer.slow === true).length;
  report.print(`Jinja refuses ${refused} of them and is too slow for ${slow}`);
  for (const number of report.numbers.slice(0, Number(process.env['SMALL'] ?? 5))) {
    const disagrees = async (text: string): Promise<string | null> => {
      const why = difference(await ask(text), brinePrints(text));
      return why === null || report.explains(text, why) ? null : why;
    };
    const small = await smallest(
      expressionTemplate,
      plan,
      number,
      async (text) => (await disagrees(text)) !== null,
    );
    if (small !== undefined) process.stdout.write(`  made small: ${small}: ${await disagrees(small)}\n`);
  }
  expect(report.unexplained.length).toBeLessThanOrEqual(report.openMax);
});
