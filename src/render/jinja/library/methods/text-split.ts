import { PyTuple, type Value } from '../../../../core/index.ts';
import { characters, plain } from '../../run/convert.ts';
import { type Call, type FnTable, table, textFn } from '../function.ts';

function separatorOf(call: Call): string | null {
  if (plain(call.value(0)) === null) return null;
  const separator = call.text(0);
  return separator === '' ? call.rt.valueError('empty separator') : separator;
}

function split(call: Call, self: string): Value {
  const separator = separatorOf(call);
  const max = call.int(1, -1);
  call.rt.spend(self.length);
  if (separator !== null) {
    const pieces = self.split(separator);
    return max < 0 || pieces.length <= max + 1
      ? pieces
      : [...pieces.slice(0, max), pieces.slice(max).join(separator)];
  }
  const text = self.trimStart();
  if (max < 0) return text === '' ? [] : text.trimEnd().split(/\s+/);
  const pieces: string[] = [];
  let rest = text;
  while (rest !== '' && pieces.length < max) {
    const end = rest.search(/\s/);
    pieces.push(end < 0 ? rest : rest.slice(0, end));
    rest = end < 0 ? '' : rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

function rightSplit(call: Call, self: string): Value {
  const separator = separatorOf(call);
  const max = call.int(1, -1);
  call.rt.spend(self.length);
  if (max < 0) return split(call, self);
  if (separator !== null) {
    const pieces = self.split(separator);
    const cut = pieces.length - 1 - max;
    return cut <= 0 ? pieces : [pieces.slice(0, cut + 1).join(separator), ...pieces.slice(cut + 1)];
  }
  const words: string[] = [];
  let rest = self.trimEnd();
  while (rest !== '' && words.length < max) {
    const [word = rest] = /\S+$/.exec(rest) ?? [];
    words.unshift(word);
    rest = rest.slice(0, rest.length - word.length).trimEnd();
  }
  return rest === '' ? words : [rest, ...words];
}

function partition(call: Call, self: string, last: boolean): Value {
  const separator = call.text(0);
  if (separator === '') call.rt.valueError('empty separator');
  const at = last ? self.lastIndexOf(separator) : self.indexOf(separator);
  if (at < 0) return new PyTuple(last ? ['', '', self] : [self, '', '']);
  return new PyTuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
}

const lineBreaks = new Set('\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029');

export function splitLines(self: string, keepEnds: boolean): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < self.length; at += 1) {
    if (!lineBreaks.has(self[at] as string)) continue;
    const end = at;
    if (self[at] === '\r' && self[at + 1] === '\n') at += 1;
    lines.push(self.slice(start, keepEnds ? at + 1 : end));
    start = at + 1;
  }
  if (start < self.length) lines.push(self.slice(start));
  return lines;
}

function strip(call: Call, self: string, left: boolean, right: boolean): string {
  if (plain(call.value(0)) === null) {
    const text = left ? self.trimStart() : self;
    return right ? text.trimEnd() : text;
  }
  return stripCharacters(self, call.text(0), left, right);
}

/** Removes the characters of `set` from the ends. */
export function stripCharacters(text: string, set: string, left: boolean, right: boolean): string {
  const wanted = new Set(characters(set));
  const chars = characters(text);
  let start = 0;
  let end = chars.length;
  if (left) while (start < end && wanted.has(chars[start] as string)) start += 1;
  if (right) while (end > start && wanted.has(chars[end - 1] as string)) end -= 1;
  return chars.slice(start, end).join('');
}

export const textSplitMethods: FnTable = table({
  lstrip: textFn('chars?', (call, self) => strip(call, self, true, false)),
  partition: textFn('sep', (call, self) => partition(call, self, false)),
  rpartition: textFn('sep', (call, self) => partition(call, self, true)),
  rsplit: textFn('sep? maxsplit?', rightSplit),
  rstrip: textFn('chars?', (call, self) => strip(call, self, false, true)),
  split: textFn('sep? maxsplit?', split),
  splitlines: textFn('keepends?', (call, self) => splitLines(self, call.flag(0))),
  strip: textFn('chars?', (call, self) => strip(call, self, true, true)),
});
