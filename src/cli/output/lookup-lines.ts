import {
  type AnsweredLookup,
  describeAnswer,
  describeLookup,
  type Lookup,
  mapOf,
  type ValueMap,
} from '../../core/index.ts';

/** What templates asked and were told, a line each. */
export function lookupLines(lookups: readonly AnsweredLookup[], indent = ''): string {
  return lookups
    .map((each) => `${indent}asked: ${describeLookup(each.lookup)} → ${describeAnswer(each)}\n`)
    .join('');
}

/** What templates ask and nobody has answered. */
export function needLines(needs: readonly Lookup[]): string {
  if (needs.length === 0) return '';
  const list = needs.map((lookup) => `  ${describeLookup(lookup)}\n`).join('');
  return `It asks, and an answer may lead to more:\n${list}Answer with --lookup 'mod.fn(arguments)=JSON', or --ask the system.\n`;
}

/** For machines. */
export function needValue({ fun, arg, kwarg }: Lookup): ValueMap {
  return mapOf({ fun, arg: [...arg], kwarg: kwarg.size === 0 ? undefined : kwarg });
}
