import type { Parameter, Signature } from '../modules/signature.ts';

/** How an exported function is called: positionals, and whether it takes a last object with the keywords. */
export interface Shape {
  readonly signature: Signature;
  /** The names of the positional parameters, in order. */
  readonly positional: readonly string[];
  readonly keywordObject: boolean;
}

const anything: Shape = {
  signature: { parameters: [], varargs: 'args', keywords: null },
  positional: [],
  keywordObject: false,
};

/**
 * Reads a function's parameters from its text, so that operators write plain JavaScript: `(name, times = 1,
 * { force = false, ...more } = {})` takes `name`, `times`, the keyword `force` and, because of `...more`, any
 * other keyword. A text that cannot be read takes any positionals.
 */
export function shapeOf(source: string): Shape {
  const inside = parameterText(source);
  if (inside === null) return anything;
  const parts = splitTop(inside);
  if (parts === null) return anything;
  const parameters: Parameter[] = [];
  const positional: string[] = [];
  let varargs: string | null = null;
  let keywords: string | null = null;
  let keywordObject = false;
  parts.forEach((part, index) => {
    if (part.startsWith('...')) varargs = part.slice(3).trim();
    else if (part.startsWith('{') && index === parts.length - 1) {
      keywordObject = true;
      for (const member of splitTop(objectText(part)) ?? []) {
        if (member.startsWith('...')) keywords = member.slice(3).trim();
        else parameters.push(parameter(member.split(':')[0] ?? '', member.includes('='), true));
      }
    } else {
      const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(part)?.[0] ?? `arg${index + 1}`;
      parameters.push(parameter(name, part.includes('='), false));
      positional.push(name);
    }
  });
  return { signature: { parameters, varargs, keywords }, positional, keywordObject };
}

/** Keywords are optional in JavaScript; a positional without a default is needed. */
function parameter(text: string, hasDefault: boolean, keywordOnly: boolean): Parameter {
  const name = (text.split('=')[0] ?? '').trim();
  return { name, required: !hasDefault && !keywordOnly, fallback: undefined, keywordOnly };
}

function parameterText(source: string): string | null {
  const head = /^(?:async\b\s*)?(?:function\b\s*\*?\s*[\p{ID_Continue}$]*\s*)?/u.exec(source)?.[0] ?? '';
  const rest = source.slice(head.length).trimStart();
  if (!rest.startsWith('(')) return /^([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(rest)?.[1] ?? null;
  if (rest.includes('[native code]')) return null;
  const end = closing(rest);
  return end === -1 ? null : rest.slice(1, end);
}

function objectText(part: string): string {
  return part.slice(1, Math.max(1, closing(part)));
}

/** The index of the bracket that closes the first character; -1 when there is none. */
function closing(text: string): number {
  let depth = 0;
  for (const { char, index } of code(text)) {
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

/** The parts between commas that are in no bracket, without comments; null when brackets do not match. */
function splitTop(text: string): string[] | null {
  const parts: string[] = [''];
  let depth = 0;
  for (const { char, text: piece } of code(text)) {
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth < 0) return null;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The pieces of a program text: strings come whole, with a blank as their character; comments are left out. */
function* code(text: string): Generator<{ char: string; text: string; index: number }> {
  const piece = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[\s\S]/g;
  for (const match of text.matchAll(piece)) {
    const found = match[0];
    if (found.startsWith('//') || found.startsWith('/*')) continue;
    yield { char: found.length === 1 ? found : ' ', text: found, index: match.index };
  }
}
