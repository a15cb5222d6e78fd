import type { Value } from '../../../../src/core/index.ts';
import { PlanCache } from '../../../../src/render/prepared/cache.ts';
import { Collector } from '../../../../src/render/prepared/collector.ts';
import { collect, type Rendered } from '../../../../src/render/types.ts';

/** A value that a serialiser wrote. */
export class Serialised {
  readonly value: Value;
  readonly text: string;
  constructor(value: Value, text: string) {
    this.value = value;
    this.text = text;
  }
}

/** Literal text between values, as a template literal gives them: sls`a: ${1}`. */
export interface Output {
  readonly literals: readonly string[];
  readonly slots: readonly (Value | Serialised)[];
}

export function sls(literals: TemplateStringsArray, ...slots: (Value | Serialised)[]): Output {
  return { literals: [...literals], slots };
}

/** Plays a template that puts out these pieces, and builds its value. */
export function prepare(
  output: Output,
  cache: PlanCache = new PlanCache({ file: 'x.sls', text: '' }),
): Rendered<Value> {
  return collect(() => {
    const collector = new Collector();
    for (const [index, literal] of output.literals.entries()) {
      collector.text(literal);
      const slot = output.slots[index];
      if (slot instanceof Serialised) collector.serialised(slot.value, slot.text);
      else if (slot !== undefined) collector.value(slot);
    }
    return cache.plan(collector).build(collector);
  });
}

/** The value, or the code of the first problem behind an exclamation mark. */
export function built(output: Output): Value {
  const rendered = prepare(output);
  return rendered.ok ? rendered.value : `!${rendered.problems[0]?.code ?? ''}`;
}
