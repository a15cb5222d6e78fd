import type { LowChunk, Problem, Value } from '../../../../src/core/index.ts';
import { loadYaml } from '../../../../src/render/index.ts';
import { actionOf, compileHigh } from '../../../../src/rules/salt/index.ts';

/** The value that YAML text means; throws when it means none. */
export function yaml(text: string): Value {
  const loaded = loadYaml({ file: 'test.sls', text });
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message ?? 'no problem');
  return loaded.value;
}

/** Compiles rendered SLS texts of one event: /1.sls, /2.sls, … */
export function compile(...texts: string[]): { chunks: readonly LowChunk[]; problems: readonly Problem[] } {
  return compileHigh(texts.map((text, index) => ({ file: `/${index + 1}.sls`, high: yaml(text) })));
}

/** The chunks of one text without the file, and the codes of its problems. */
export function compiled(...texts: string[]): { chunks: Value[]; codes: string[] } {
  const { chunks, problems } = compile(...texts);
  const visible = chunks.map((chunk) => new Map([...chunk].filter(([key]) => key !== '__sls__')));
  return { chunks: visible, codes: problems.map((problem) => problem.code) };
}

/** The action of the only chunk, or the code of its problem. */
export function action(text: string): unknown {
  const chunk = compile(text).chunks[0];
  if (chunk === undefined) return 'no chunk';
  const result = actionOf(chunk, '/1.sls');
  return result.ok ? result.value : result.problems[0]?.code;
}
