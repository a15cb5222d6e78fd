import { PyTuple, type Value } from '../../../../core/index.ts';
import { fnmatchCase } from '../../../python/index.ts';
import { characters, isTrue, itemsOf, lengthOf, str, used } from '../../run/convert.ts';
import { formatPercent } from '../../run/percent.ts';
import {
  type Part,
  type PyObject,
  type PyValue,
  Serialised,
  TemplateText,
  Undefined,
} from '../../run/values.ts';
import { type Call, type FnTable, fn, rawFn, strictTextFn, table, textFn, textIn } from '../function.ts';
import { escapeHtml } from '../html.ts';
import { capitalized, isLower, isUpper } from '../methods/text-case.ts';
import { replaceText } from '../methods/text-search.ts';
import { splitLines, stripCharacters } from '../methods/text-split.ts';
import { codecFilters } from './codec.ts';
import { regexFilters } from './regex.ts';

function center(call: Call, self: string): string {
  const missing = call.int(0, 80) - characters(self).length;
  if (missing <= 0) return self;
  call.rt.spend(missing);
  const left = Math.floor(missing / 2) + (missing & call.int(0, 80) & 1);
  return ' '.repeat(left) + self + ' '.repeat(missing - left);
}

/** Data of several lines that the author indents is still one value, wherever its lines come to stand. */
function prepared(data: string, indented: string, fill: string): PyValue {
  if (data === indented) return fill + data;
  return new TemplateText([fill, new Serialised(data, indented)]);
}

/** Author's text keeps its parts: data inside is not indented, because it is one value. */
function indent(call: Call, self: PyValue): PyValue {
  const width = call.value(0, 4);
  const fill = typeof width === 'number' ? ' '.repeat(Math.max(0, Math.min(width, 10_000))) : call.text(0);
  const [onFirst, onBlank] = [call.flag(1), call.flag(2)];
  const lines = (text: string): string => {
    call.rt.spend(text.length + (text.split('\n').length - 1) * fill.length);
    return text.replace(onBlank ? /\n/g : /\n(?=[^\n])/g, `\n${fill}`);
  };
  if (!(self instanceof TemplateText)) {
    const text = textIn(call, used(call.rt, self));
    return prepared(text, lines(text), onFirst ? fill : '');
  }
  const parts = self.parts.map((part, at): Part => {
    if (typeof part !== 'string') return part;
    const next = self.parts[at + 1];
    const broken = lines(part);
    return part.endsWith('\n') && next !== undefined && !onBlank ? broken + fill : broken;
  });
  return new TemplateText(onFirst ? [fill, ...parts] : parts);
}

function trim(call: Call, self: PyValue): PyValue {
  const set = call.has(0) && call.value(0) !== null ? call.text(0) : undefined;
  const cut = (text: string, left: boolean, right: boolean): string => {
    if (set !== undefined) return stripCharacters(text, set, left, right);
    const trimmed = left ? text.trimStart() : text;
    return right ? trimmed.trimEnd() : trimmed;
  };
  if (!(self instanceof TemplateText) || self.parts.length === 0)
    return cut(str(call.rt, used(call.rt, self)), true, true);
  const end = self.parts.length - 1;
  return new TemplateText(
    self.parts.map((part, at) => (typeof part === 'string' ? cut(part, at === 0, at === end) : part)),
  );
}

function truncate(call: Call, given: Value | PyObject): PyValue {
  const length = call.int(0, 255);
  const end = call.text(2, '...');
  const leeway = call.int(3, 5);
  // What is short enough stays what it is, whatever it is.
  if (lengthOf(call.rt, given) <= length + leeway) return given;
  const self = textIn(call, given);
  const chars = characters(self);
  if (length < end.length) call.rt.valueError(`expected length >= ${end.length}, got ${length}`);
  const cut = chars.slice(0, length - end.length).join('');
  if (call.flag(1)) return cut + end;
  const space = cut.lastIndexOf(' ');
  return (space < 0 ? cut : cut.slice(0, space)) + end;
}

function wordWrap(call: Call, self: string): string {
  const width = Math.max(1, call.int(0, 79));
  const breakLong = call.flag(1, true);
  const newline = call.text(2, '\n');
  const onHyphens = call.flag(3, true);
  return splitLines(self, false)
    .map((line) => wrapLine(line, width, breakLong, onHyphens).join(newline))
    .join(newline);
}

function wrapLine(line: string, width: number, breakLong: boolean, onHyphens: boolean): string[] {
  const pieces = line.match(onHyphens ? /\s+|[^\s-]*-+(?=\w)|[^\s-]+(?:-+(?!\w))?|-+/g : /\s+|\S+/g) ?? [];
  const lines: string[] = [];
  let current = '';
  for (let piece of pieces) {
    if (current.length + piece.length <= width) {
      current += piece;
      continue;
    }
    if (current !== '') lines.push(current.trimEnd());
    current = '';
    while (breakLong && piece.length > width) {
      lines.push(piece.slice(0, width));
      piece = piece.slice(width);
    }
    if (piece.trim() !== '') current = piece;
  }
  if (current !== '') lines.push(current.trimEnd());
  return lines;
}

function format(call: Call, self: PyValue): PyValue {
  if (call.rest.length > 0 && call.extra.size > 0)
    call.rt.typeError("can't handle positional and keyword arguments at the same time");
  const template = self instanceof TemplateText ? self : str(call.rt, used(call.rt, self));
  const values: PyValue =
    call.extra.size > 0
      ? new Map(call.extra as ReadonlyMap<string, Value>)
      : new PyTuple(call.rest as Value[]);
  return formatPercent(call.rt, template, values);
}

function stripTags(text: string): string {
  const bare = text.replace(/<!--[\s\S]*?-->|<[^>]*>/g, '');
  const named: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
  };
  return bare
    .trim()
    .split(/\s+/)
    .join(' ')
    .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, dec, hex, name) => {
      if (dec !== undefined || hex !== undefined)
        return String.fromCodePoint(
          Math.min(0x10ffff, Number.parseInt(dec ?? hex, dec === undefined ? 16 : 10)),
        );
      return named[name as string] ?? whole;
    });
}

function xmlAttributes(call: Call, self: Value | PyObject): string {
  if (!(self instanceof Map)) return call.rt.typeError('xmlattr wants a mapping');
  const pairs: string[] = [];
  for (const [key, value] of self) {
    if (value === null || (value as PyValue) instanceof Undefined) continue;
    const name = textIn(call, key);
    if (/[\s/>=]/.test(name)) call.rt.valueError(`Invalid character in attribute name: '${name}'`);
    pairs.push(`${escapeHtml(name)}="${escapeHtml(str(call.rt, value))}"`);
  }
  const text = pairs.join(' ');
  return text !== '' && call.flag(0, true) ? ` ${text}` : text;
}

/** Jinja's title case differs from Python's method: only some characters start a word. */
function title(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .map((word) => (word === '' ? '' : capitalized(word)))
    .join('');
}

function replace(call: Call, self: PyValue): PyValue {
  const text = str(call.rt, used(call.rt, self));
  const [from, to] = [call.str(0), call.str(1)];
  const times = call.has(2) && call.value(2) !== null ? call.int(2) : -1;
  const replaced = replaceText(call, text, from, to, times);
  // The older way to indent data of several lines.
  if (from === '\n' && /^\n +$/.test(to) && !(self instanceof TemplateText))
    return prepared(text, replaced, '');
  return replaced;
}

function whitelisted(call: Call, given: PyValue): boolean {
  if (given instanceof Undefined) return false;
  const self = str(call.rt, given);
  if (self === '') return false;
  const allowed = call.has(0) && isTrue(call.rt, call.value(0)) ? itemsOf(call.rt, call.value(0)) : null;
  const denied = call.has(1) && isTrue(call.rt, call.value(1)) ? itemsOf(call.rt, call.value(1)) : [];
  const includes = (items: readonly PyValue[]): boolean =>
    items.some((item) => fnmatchCase(self, str(call.rt, item)));
  return (allowed === null || includes(allowed)) && !includes(denied);
}

export const textFilters: FnTable = new Map([
  ...codecFilters,
  ...regexFilters,
  ...table({
    capitalize: textFn('', (_call, self) => capitalized(self)),
    center: textFn('width?', center),
    check_whitelist_blacklist: rawFn('whitelist? blacklist?', whitelisted),
    contains_whitespace: fn('', (call, self) =>
      itemsOf(call.rt, self).some((item) => /^\s+$/.test(textIn(call, used(call.rt, item)))),
    ),
    e: textFn('', (_call, self) => escapeHtml(self)),
    escape: textFn('', (_call, self) => escapeHtml(self)),
    forceescape: textFn('', (_call, self) => escapeHtml(self)),
    format: rawFn('* **', format),
    indent: rawFn('width? first? blank?', indent),
    lower: textFn('', (_call, self) => self.toLowerCase()),
    replace: fn('old new count?', replace),
    striptags: textFn('', (_call, self) => stripTags(self)),
    title: textFn('', (_call, self) => title(self)),
    to_camelcase: strictTextFn('uppercamel?', (call, self) => camelCase(self, call.flag(0))),
    to_snake_case: fn('', (call, self) => snakeCase(call, self)),
    trim: rawFn('chars?', trim),
    truncate: fn('length? killwords? end? leeway?', truncate),
    upper: textFn('', (_call, self) => self.toUpperCase()),
    wordcount: textFn('', (_call, self) => self.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
    wordwrap: strictTextFn('width? break_long_words? wrapstring? break_on_hyphens?', wordWrap),
    xmlattr: fn('autospace?', xmlAttributes),
  }),
]);

/** The characters of a text, or the texts of a list: `_` before each that is upper case beside one that is lower case. */
function snakeCase(call: Call, self: Value | PyObject): string {
  const subject = Array.isArray(self) || self instanceof PyTuple ? self : textIn(call, self);
  const letters = itemsOf(call.rt, subject).map((item) => textIn(call, used(call.rt, item)));
  if (letters.length === 0) return call.rt.valueError('to_snake_case wants a text that is not empty');
  const words = letters.map((letter, at) => {
    const [before = '', next = ''] = [letters[at - 1], letters[at + 1]];
    const begins = at > 0 && isUpper(letter) && (isLower(before) || isLower(next));
    return (begins ? '_' : '') + letter.toLowerCase();
  });
  return words.join('');
}

function camelCase(text: string, upper: boolean): string {
  const joined = text.replace(/_+([^_])/g, (_whole, char: string) => char.toUpperCase());
  return upper ? joined.slice(0, 1).toUpperCase() + joined.slice(1) : joined;
}
