import type { Problem, Value } from '../core/index.ts';
import { type Condition, type ConditionPart, type Context, truthy } from '../rules/index.ts';
import { showValue } from './show.ts';

export type Judged =
  | { readonly kind: 'true' }
  | { readonly kind: 'false'; readonly reason: string }
  | { readonly kind: 'problem'; readonly problems: readonly Problem[] };

const holds: Judged = { kind: 'true' };

/** Evaluates a condition part by part; the first false one is the reason. */
export function judgeCondition(condition: Condition | null, context: Context): Judged {
  if (condition === null) return holds;
  for (const part of condition.parts) {
    const result = part.expression.evaluate(context);
    if (!result.ok) return { kind: 'problem', problems: result.problems };
    if (!truthy(result.value)) return { kind: 'false', reason: whyFalse(part, context) };
  }
  return holds;
}

/** Values that a reason shows. */
const valuesMax = 4;

function whyFalse(part: ConditionPart, context: Context): string {
  const seen = part.paths.slice(0, valuesMax).map((path) => {
    const value = follow(context, path);
    return `${pathText(path)} is ${value === undefined ? 'not there' : showValue(value)}`;
  });
  const text = part.expression.text.replace(/\s+/g, ' ');
  return `\`${text}\` is false${seen.length === 0 ? '' : `: ${seen.join(', ')}`}`;
}

function follow(context: Context, path: readonly (string | number)[]): Value | undefined {
  const [name, ...steps] = path;
  let value = context.get(String(name));
  for (const step of steps) {
    if (value instanceof Map) value = value.get(step);
    else if (Array.isArray(value) && typeof step === 'number') value = value[step];
    else return undefined;
  }
  return value;
}

function pathText([name, ...steps]: readonly (string | number)[]): string {
  const tail = steps.map((step) =>
    typeof step === 'string' && /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
  );
  return `${name}${tail.join('')}`;
}
