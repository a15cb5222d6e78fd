import type { Value } from '../../../core/index.ts';
import { PlanCache } from '../../prepared/cache.ts';
import { Collector } from '../../prepared/collector.ts';
import type { Source } from '../../types.ts';
import { str } from '../run/convert.ts';
import { deepCopy, type Runtime } from '../run/runtime.ts';
import { type PyValue, Serialised, Slot, TemplateText } from '../run/values.ts';
import { parseJson } from './json-parse.ts';

type Load = (rt: Runtime, value: PyValue) => PyValue;

/**
 * Reads text as YAML, JSON or as it is. In author's text the data stays data: the text is parsed without it,
 * and it comes into the parsed value.
 */
export function deserialiser(format: string, source: Source): Load {
  if (format === 'text') return (_rt, value) => value;
  const plans = new PlanCache(source);
  return (rt, value) => {
    if (value instanceof TemplateText && hasData(value)) return loadParts(plans, value);
    const text = str(rt, value);
    rt.step(Math.ceil(text.length / 16));
    return format === 'json' ? parseJson(text) : loadParts(plans, new TemplateText([text]));
  };
}

/** A block that is one text of the data and nothing else says that this text is to be read. */
function hasData({ parts }: TemplateText): boolean {
  const rest = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  const [only] = rest;
  if (rest.length === 1 && only instanceof Slot && typeof only.value === 'string') return false;
  return rest.some((part) => part instanceof Slot);
}

function loadParts(plans: PlanCache, text: TemplateText): Value {
  const collector = new Collector();
  for (const part of text.parts) {
    if (typeof part === 'string') collector.text(part);
    else if (part instanceof Serialised) collector.serialised(part.value, part.text);
    else collector.value(part.value);
  }
  // Other than in a file, every alias is an object of its own here.
  return deepCopy(plans.plan(collector).build(collector));
}
