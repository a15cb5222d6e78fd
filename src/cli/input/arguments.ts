import type { Value, ValueMap } from '../../core/index.ts';
import { yamlifyArg } from '../../render/index.ts';

const keyword = /^([\p{L}_][\p{L}\p{N}_.-]*)=(?!=)([^\n]*)\n?$/u;
const jidDigits = 20;

/**
 * Words of a command line as a function's arguments, as Salt reads them: `name=value` is a keyword, the rest
 * is positional, and each value is read as YAML unless `noParse` names its keyword.
 */
export function parseArguments(
  words: readonly string[],
  noParse: readonly string[] = [],
): { arg: Value[]; kwarg: ValueMap } {
  const arg: Value[] = [];
  const kwarg: ValueMap = new Map();
  for (const word of words) {
    const [, name, text = ''] = keyword.exec(word) ?? [];
    if (name === undefined) arg.push(positional(word));
    else kwarg.set(name, noParse.includes(name) ? text : yamlifyArg(text));
  }
  return { arg, kwarg };
}

/** A job id is digits but not a number: nothing on the wire could carry it exactly. */
function positional(word: string): Value {
  const value = yamlifyArg(word);
  const digits = typeof value === 'bigint' || typeof value === 'number' ? String(value) : '';
  return digits.length === jidDigits && /^\d+$/.test(digits) ? digits : value;
}
