import { keyText, toJson, type Value, type ValueMap } from '../../core/index.ts';
import { InvalidArguments } from './errors.ts';
import type { Signature } from './signature.ts';

/** Arguments in their places. */
export interface Bound {
  /** The declared parameters that were given or have a default. */
  readonly named: ReadonlyMap<string, Value>;
  /** What `*args` collected. */
  readonly rest: readonly Value[];
  /** What `**kwargs` collected. */
  readonly extra: ValueMap;
}

/** Turns the text behind `name=` into a value; the command line's YAML rules where they are at hand. */
export type ParseArgument = (text: string) => Value;

const keywordText = /^([^\d\W][\w.-]*)=(?!=)(.*)$/u;

/**
 * Puts arguments in their places as Python does, after moving positional `name=value` texts to the keywords
 * as Salt's minion does. Throws InvalidArguments with every fault that it can name.
 */
export function bind(
  signature: Signature,
  arg: readonly Value[],
  kwarg: ValueMap,
  parse: ParseArgument,
): Bound {
  const { positional, keywords } = splitKeywords(arg, kwarg, parse);
  const named = new Map<string, Value>();
  const places = signature.parameters.filter((parameter) => !parameter.keywordOnly);
  positional.slice(0, places.length).forEach((value, index) => {
    named.set(places[index]?.name ?? '', value);
  });
  const rest = positional.slice(places.length);
  if (rest.length > 0 && signature.varargs === null) throw tooMany(places.length, positional.length);
  const extra = bindKeywords(signature, named, keywords);
  const missing: string[] = [];
  for (const { name, required, fallback } of signature.parameters) {
    if (named.has(name)) continue;
    if (required) missing.push(name);
    else if (fallback !== undefined) named.set(name, fallback);
  }
  if (missing.length > 0) throw new InvalidArguments(`missing: ${missing.join(', ')}`);
  return { named, rest, extra };
}

function splitKeywords(
  arg: readonly Value[],
  kwarg: ValueMap,
  parse: ParseArgument,
): { positional: Value[]; keywords: ValueMap } {
  const positional: Value[] = [];
  const keywords: ValueMap = new Map();
  for (const value of arg) {
    const match = typeof value === 'string' && !value.includes('\n') ? keywordText.exec(value) : null;
    if (match === null) positional.push(value);
    else keywords.set(match[1] ?? '', parse(match[2] ?? ''));
  }
  for (const [name, value] of kwarg) keywords.set(name, value);
  return { positional, keywords };
}

function bindKeywords(signature: Signature, named: Map<string, Value>, keywords: ValueMap): ValueMap {
  const extra: ValueMap = new Map();
  const unknown: string[] = [];
  const known = new Set(signature.parameters.map((parameter) => parameter.name));
  for (const [key, value] of keywords) {
    const name = keyText(key);
    if (known.has(name)) {
      if (named.has(name)) throw new InvalidArguments(`${name} is given twice`);
      named.set(name, value);
    } else if (signature.keywords !== null) extra.set(key, value);
    else if (!name.startsWith('__pub_')) unknown.push(`${name}=${shown(value)}`);
  }
  if (unknown.length > 0) {
    throw new InvalidArguments(`The following keyword arguments are not valid: ${unknown.join(', ')}`);
  }
  return extra;
}

function tooMany(allowed: number, given: number): InvalidArguments {
  const most = allowed === 0 ? 'no positional arguments' : `at most ${allowed} positional argument(s)`;
  return new InvalidArguments(`it takes ${most}, ${given} given`);
}

function shown(value: Value): string {
  return typeof value === 'string' ? value : toJson(value);
}
