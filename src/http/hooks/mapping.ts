import { type Problem, type Value } from '../../core/index.ts';
import { type Context, compileLeaf, type RenderEnv } from '../../render/index.ts';

/** A constant, or something made for each delivery. */
export type Mapping = (context: Context, problems: Problem[]) => Value;

export interface MappingSource {
  readonly file: string;
  readonly env: RenderEnv;
  /** Takes what is wrong with a template, with the key under which it stands. */
  readonly report: (where: string, message: string) => void;
}

const depthMax = 32;

/** Compiles a value of the configuration: texts may hold `{{ … }}`, everything else is as written. */
export function compileMapping(plain: unknown, where: string, source: MappingSource, depth = 0): Mapping {
  if (depth > depthMax) source.report(where, `it is nested deeper than ${depthMax}`);
  else if (typeof plain === 'string') return compileText(plain, where, source);
  else if (Array.isArray(plain)) {
    const items = plain.map((item, i) => compileMapping(item, `${where}.${i}`, source, depth + 1));
    return (context, problems) => items.map((item) => item(context, problems));
  } else if (typeof plain === 'object' && plain !== null) {
    const entries = Object.entries(plain).map(
      ([key, item]) => [key, compileMapping(item, `${where}.${key}`, source, depth + 1)] as const,
    );
    return (context, problems) =>
      new Map<Value, Value>(entries.map(([key, item]) => [key, item(context, problems)]));
  } else if (plain === null || ['number', 'boolean', 'bigint'].includes(typeof plain)) {
    const value = plain as Value;
    return () => value;
  } else source.report(where, 'it is no value that an event can hold');
  return () => null;
}

/** One text: `{{ x }}` alone keeps the kind of the value. */
export function compileText(text: string, where: string, { file, env, report }: MappingSource): Mapping {
  const leaf = compileLeaf({ file, text }, env);
  if (!leaf.ok) {
    for (const { message } of leaf.problems) report(where, message);
    return () => null;
  }
  return (context, problems) => {
    const built = leaf.value.build(context);
    if (built.ok) return built.value;
    problems.push(...built.problems);
    return null;
  };
}
