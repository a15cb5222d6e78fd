import { PyTuple } from '../../../../core/index.ts';
import { PyError } from '../../../python/index.ts';
import { characters, plain } from '../../run/convert.ts';
import { type Call, type FnTable, table, textFn } from '../function.ts';

/** The part of the text between the optional start and end arguments, and where it starts. */
function windowOf(call: Call, self: string): { text: string; offset: number; whole: boolean } {
  if (!call.has(1) && !call.has(2)) return { text: self, offset: 0, whole: true };
  const chars = characters(self);
  const bound = (value: number): number => Math.max(0, value < 0 ? value + chars.length : value);
  const start = bound(call.int(1, 0));
  const end = Math.min(chars.length, bound(call.int(2, chars.length)));
  return { text: chars.slice(start, end).join(''), offset: start, whole: start <= end };
}

function find(call: Call, self: string, last: boolean): number {
  const { text, offset, whole } = windowOf(call, self);
  const at = last ? text.lastIndexOf(call.text(0)) : text.indexOf(call.text(0));
  return at < 0 || !whole ? -1 : offset + characters(text.slice(0, at)).length;
}

function indexOf(call: Call, self: string, last: boolean): number {
  const at = find(call, self, last);
  if (at < 0) throw new PyError('ValueError', 'substring not found');
  return at;
}

function count(call: Call, self: string): number {
  const { text } = windowOf(call, self);
  const part = call.text(0);
  return part === '' ? characters(text).length + 1 : text.split(part).length - 1;
}

/** startswith and endswith take one string or a tuple of them. */
function touches(call: Call, self: string, test: (text: string, part: string) => boolean): boolean {
  const { text, whole } = windowOf(call, self);
  const given = plain(call.value(0));
  if (!whole) return false;
  if (!(given instanceof PyTuple)) return test(text, call.text(0));
  return given.items.some((part) => {
    const piece = plain(part);
    return typeof piece === 'string' && test(text, piece);
  });
}

function replace(call: Call, self: string): string {
  return replaceText(call, self, call.text(0), call.text(1), call.int(2, -1));
}

/** Python's `str.replace`: every occurrence, or the first `times`. */
export function replaceText(call: Call, self: string, from: string, to: string, times: number): string {
  if (times === 0) return self;
  const pieces = from === '' ? ['', ...characters(self), ''] : self.split(from);
  const changes = times < 0 ? pieces.length - 1 : Math.min(times, pieces.length - 1);
  call.rt.spend(self.length + changes * to.length);
  return (
    pieces.slice(0, changes + 1).join(to) +
    pieces
      .slice(changes + 1)
      .map((piece) => from + piece)
      .join('')
  );
}

export const textSearchMethods: FnTable = table({
  count: textFn('sub start? end?', count),
  endswith: textFn('suffix start? end?', (call, self) =>
    touches(call, self, (text, part) => text.endsWith(part)),
  ),
  find: textFn('sub start? end?', (call, self) => find(call, self, false)),
  index: textFn('sub start? end?', (call, self) => indexOf(call, self, false)),
  removeprefix: textFn('prefix', (call, self) =>
    self.startsWith(call.text(0)) ? self.slice(call.text(0).length) : self,
  ),
  removesuffix: textFn('suffix', (call, self) =>
    call.text(0) !== '' && self.endsWith(call.text(0)) ? self.slice(0, -call.text(0).length) : self,
  ),
  replace: textFn('old new count?', replace),
  rfind: textFn('sub start? end?', (call, self) => find(call, self, true)),
  rindex: textFn('sub start? end?', (call, self) => indexOf(call, self, true)),
  startswith: textFn('prefix start? end?', (call, self) =>
    touches(call, self, (text, part) => text.startsWith(part)),
  ),
});
