import type { Value } from '../../../../core/index.ts';
import { textOf } from '../../run/arithmetic.ts';
import { characters, itemsOf, plain, used } from '../../run/convert.ts';
import { formatBraces } from '../../run/format.ts';
import type { Runtime } from '../../run/runtime.ts';
import { type Part, type PyValue, Slot, TemplateText, typeName } from '../../run/values.ts';
import { type Call, type FnTable, rawFn, table, textFn } from '../function.ts';

function subject(value: PyValue): string | TemplateText {
  return value instanceof TemplateText ? value : (plain(value) as string);
}

/** `separator.join(items)`: author's text between data stays author's text. */
export function joinItems(rt: Runtime, separator: string | TemplateText, items: readonly PyValue[]): PyValue {
  rt.step(items.length);
  if (!(separator instanceof TemplateText) && !items.some((item) => item instanceof TemplateText)) {
    const texts = items as readonly string[];
    rt.spend(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
    return texts.join(separator);
  }
  const between: readonly Part[] =
    separator instanceof TemplateText ? separator.parts : [new Slot(separator)];
  return joinParts(
    rt,
    between,
    items.map((item) => (item instanceof TemplateText ? item.parts : [new Slot(item as Value)])),
  );
}

/** Pays for what is joined before it is made: parts between parts grow with the product of both. */
export function joinParts(
  rt: Runtime,
  between: readonly Part[],
  items: readonly (readonly Part[])[],
): PyValue {
  rt.spend(items.length * (between.length + new TemplateText(between).text.length));
  const parts: Part[] = [];
  for (const [at, item] of items.entries()) {
    if (at > 0) for (const part of between) parts.push(part);
    rt.spend(item.length);
    for (const part of item) parts.push(part);
  }
  return textOf(rt, parts);
}

function join(call: Call, self: PyValue): PyValue {
  const items = itemsOf(call.rt, call.value(0));
  items.forEach((item, at) => {
    const given = used(call.rt, item);
    if (typeof given !== 'string')
      call.rt.typeError(`sequence item ${at}: expected str instance, ${typeName(given)} found`);
  });
  return joinItems(call.rt, subject(self), items);
}

/** Pads to a width: the fill goes `left` of the text, the rest right of it. */
function padded(call: Call, self: string, left: (missing: number) => number): string {
  const width = call.int(0);
  const fill = call.text(1, ' ');
  if (characters(fill).length !== 1)
    call.rt.typeError('The fill character must be exactly one character long');
  const missing = width - characters(self).length;
  if (missing <= 0) return self;
  call.rt.spend(missing);
  const before = left(missing);
  return fill.repeat(before) + self + fill.repeat(missing - before);
}

function expandTabs(call: Call, self: string): string {
  const size = call.int(0, 8);
  let column = 0;
  return self.replace(/\t|[\r\n]|[^\t\r\n]+/g, (piece) => {
    if (piece !== '\t') {
      column = piece === '\n' || piece === '\r' ? 0 : column + piece.length;
      return piece;
    }
    const width = size <= 0 ? 0 : size - (column % size);
    call.rt.spend(width);
    column += width;
    return ' '.repeat(width);
  });
}

function zeroFill(call: Call, self: string): string {
  const missing = call.int(0) - characters(self).length;
  if (missing <= 0) return self;
  call.rt.spend(missing);
  const sign = /^[+-]/.test(self) ? self.slice(0, 1) : '';
  return sign + '0'.repeat(missing) + self.slice(sign.length);
}

export const textFormatMethods: FnTable = table({
  format: rawFn('* **', (call, self) =>
    formatBraces(call.rt, subject(self), { pos: call.rest, kw: call.extra }),
  ),
  format_map: rawFn('mapping', (call, self) => {
    const map = used(call.rt, call.value(0));
    if (!(map instanceof Map)) return call.rt.typeError(`format_map() wants a mapping, not ${typeName(map)}`);
    const names = new Map<string, PyValue>();
    for (const [key, value] of map) if (typeof key === 'string') names.set(key, value);
    return formatBraces(call.rt, subject(self), { pos: [], kw: names });
  }),
  join: rawFn('iterable', join),
  center: textFn('width fillchar?', (call, self) =>
    padded(call, self, (missing) => Math.floor(missing / 2) + (missing & call.int(0) & 1)),
  ),
  ljust: textFn('width fillchar?', (call, self) => padded(call, self, () => 0)),
  rjust: textFn('width fillchar?', (call, self) => padded(call, self, (missing) => missing)),
  expandtabs: textFn('tabsize?', expandTabs),
  zfill: textFn('width', zeroFill),
  encode: textFn('encoding? errors?', (_call, self) => new TextEncoder().encode(self)),
});
