import { fromPlain, type Value, type ValueMap } from '../../../src/core/index.ts';
import { compileLeaf } from '../../../src/render/index.ts';
import { context } from '../expressions/index.ts';
import { envOf } from './brine.ts';
import type { Answer } from './salt.ts';

const names = new Map(Object.entries(context).map(([name, value]) => [name, fromPlain(value)]));
const env = envOf({});

/** The names that every expression sees, for the driver. */
export const given: ValueMap = new Map<Value, Value>(names);

/** What Brine prints for a template; whatever it throws is a bug. */
export function brinePrints(text: string): Answer {
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
