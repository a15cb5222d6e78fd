import { PyFloat, PyTuple, type Value } from '../core/index.ts';

const charsMax = 60;
const itemsMax = 4;

/** A value in a few words, however large it is. */
export function showValue(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'string') return showText(value);
  if (value instanceof PyFloat) return String(value.value);
  if (value instanceof PyTuple) return showItems(value.items);
  if (Array.isArray(value)) return showItems(value);
  if (value instanceof Map) return value.size === 0 ? 'an empty map' : `a map with ${showKeys(value.keys())}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return String(value);
}

function showText(text: string): string {
  return JSON.stringify(text.length > charsMax ? `${text.slice(0, charsMax)}…` : text);
}

function showItems(items: readonly Value[]): string {
  const small = items.length <= itemsMax && items.every((item) => item === null || typeof item !== 'object');
  return small ? `[${items.map(showValue).join(', ')}]` : `a list of ${items.length}`;
}

function showKeys(keys: Iterable<Value>): string {
  const shown: string[] = [];
  for (const key of keys) {
    if (shown.length === itemsMax) return `${shown.join(', ')}, …`;
    shown.push(typeof key === 'string' ? showText(key).slice(1, -1) : showValue(key));
  }
  return shown.join(', ');
}
