import { PyFloat, type Value } from '../../core/index.ts';

export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  /** What an omitted argument is; undefined when the function fills it in by itself. */
  readonly fallback: Value | undefined;
  /** Can only be given by name. */
  readonly keywordOnly: boolean;
}

/** What a function takes, in Python's terms, because callers write arguments as Salt's do. */
export interface Signature {
  readonly parameters: readonly Parameter[];
  /** The name of `*args`, or null. */
  readonly varargs: string | null;
  /** The name of `**kwargs`, or null. */
  readonly keywords: string | null;
}

/** Reads `name, count=1, *args, **kwargs`. Throws a TypeError on anything else: signatures are ours. */
export function parseSignature(text: string): Signature {
  const parameters: Parameter[] = [];
  let varargs: string | null = null;
  let keywords: string | null = null;
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    if (part.startsWith('**')) keywords = part.slice(2);
    else if (part.startsWith('*')) varargs = part.slice(1);
    else parameters.push(parameterOf(part, varargs !== null));
  }
  return { parameters, varargs, keywords };
}

function parameterOf(text: string, keywordOnly: boolean): Parameter {
  const [name = '', fallback] = text.split('=', 2).map((piece) => piece.trim());
  if (fallback === undefined) return { name, required: true, fallback: undefined, keywordOnly };
  return { name, required: false, fallback: literal(fallback), keywordOnly };
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

function literal(text: string): Value {
  const constant = constants.get(text);
  if (constant !== undefined) return constant;
  if (/^-?\d+$/.test(text)) return Number(text);
  if (/^-?\d+\.0$/.test(text)) return new PyFloat(Number(text));
  const quoted = /^'([^']*)'$/.exec(text);
  if (quoted?.[1] !== undefined) return quoted[1];
  throw new TypeError(`${text} is not a default value`);
}
