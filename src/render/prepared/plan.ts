import { isMap, isScalar, type ParsedNode } from 'yaml';
import type { Value } from '../../core/index.ts';
import type { Source } from '../types.ts';
import {
  type Build,
  compileNodes,
  failure,
  listTexts,
  parseNodes,
  refuseTextArgs,
  withReindent,
} from '../yaml/index.ts';
import { mark } from './collector.ts';
import { nestSlots } from './nest.ts';
import { locateInTemplate } from './place.ts';

/** Collected text, parsed once: makes the value of every run that yields the same text. */
export interface Plan {
  readonly build: Build;
  readonly slots: number;
  /** The line in the template of a key of the top-level map. */
  lineOf(key: string): number | undefined;
}

/** Compiles collected text. Throws a RenderFailure whose place is in the template, as far as it can be told. */
export function compilePlan(text: string, slots: number, source: Source): Plan {
  return withReindent(nestSlots(text), (readable) => compileText(readable, slots, source));
}

function compileText(text: string, slots: number, source: Source): Plan {
  const offsets = marksIn(text, mark);
  const locate = locateInTemplate(text, source);
  if (offsets.length !== slots) {
    const message = 'The character #x0001 is not allowed in YAML.';
    throw failure(locate, offsets[0] ?? 0, 'YAML_CHARACTER', message);
  }
  const own = chooseMark(text);
  const parsed = own === mark ? text : text.replaceAll(mark, own);
  const root = parseNodes(parsed, locate, own);
  const build = compileNodes(root, locate, {
    mark: own,
    slotAt: (offset) => lowerBound(offsets, offset),
    between: (start, end) => parsed.slice(start, end),
  });
  const keys = keyOffsets(root, own);
  const texts = listTexts(root, own);
  const offsetOf = (id: Value): number => (typeof id === 'string' ? (keys.get(id) ?? 0) : 0);
  const checked: Build = (filled) => {
    const high = build(filled);
    if (slots > 0) refuseTextArgs(high, locate, offsetOf, texts);
    return high;
  };
  const lineOf = (key: string): number | undefined => {
    const offset = keys.get(key);
    return offset === undefined ? undefined : locate(offset).line;
  };
  return { build: checked, slots, lineOf };
}

/** Where the keys of the top-level map stand that hold no slots. */
function keyOffsets(root: ParsedNode | null, own: string): Map<string, number> {
  const offsets = new Map<string, number>();
  if (!isMap(root)) return offsets;
  for (const { key } of root.items) {
    if (isScalar(key) && typeof key.value === 'string' && !key.value.includes(own)) {
      offsets.set(key.value, key.range[0]);
    }
  }
  return offsets;
}

function marksIn(text: string, character: string): number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) offsets.push(at);
  return offsets;
}

/** An escape in a double-quoted scalar may yield any character; the mark must be one that none of them does. */
function chooseMark(text: string): string {
  for (const candidate of '\x01\x03\x04\x05\x06\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x19') {
    const hex = candidate.charCodeAt(0).toString(16).padStart(2, '0');
    const escape = new RegExp(`\\\\(?:x${hex}|u00${hex}|U000000${hex})`, 'i');
    if (!escape.test(text)) return candidate;
  }
  return mark;
}

function lowerBound(offsets: readonly number[], offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
