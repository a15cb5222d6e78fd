import { PyTuple, type Value, type ValueMap } from '../../../core/index.ts';
import { pyStr } from '../../python/index.ts';
import type { Runtime } from '../run/runtime.ts';

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly children: readonly Element[];
}

/**
 * Salt's `xml`: the last entry of the map is the root. The scalars of a map are attributes of its element, its
 * maps and lists are elements inside; a list repeats its element.
 */
export function writeXml(rt: Runtime, value: Value): string {
  if (!(value instanceof Map)) return rt.typeError('xml wants a mapping');
  const roots = [...value].map(([name, item]) =>
    Array.isArray(item) ? elementsOf(rt, name, item) : [elementOf(rt, name, item)],
  );
  const root = [...value].at(-1)?.[1];
  const element = roots.at(-1)?.[0];
  if (element === undefined || Array.isArray(root))
    return rt.valueError('xml wants one root, which is no list');
  return `<?xml version="1.0" ?>\n${printed(element, '')}`;
}

function elementsOf(rt: Runtime, name: Value, value: Value): Element[] {
  if (!Array.isArray(value)) return [elementOf(rt, name, value)];
  const found = value.flatMap((item) => elementsOf(rt, name, item));
  checkItems(rt, value);
  return found;
}

function elementOf(rt: Runtime, key: Value, value: Value): Element {
  rt.step();
  const name = nameOf(rt, key);
  if (value instanceof Map) return { ...partsOf(rt, value), name, text: '' };
  if (value === null || value instanceof Uint8Array) return rt.valueError('xml has no form for None');
  if (value instanceof PyTuple) checkItems(rt, value.items);
  const text = value instanceof PyTuple ? '' : textOf(rt, pyStr(value));
  return { name, attributes: new Map(), text, children: [] };
}

/** Salt looks at the second character of each text in a list that starts with one, and fails when there is none. */
function checkItems(rt: Runtime, items: readonly Value[]): void {
  if (items.length === 0) rt.valueError('xml has no form for an empty list');
  if (typeof items[0] !== 'string') return;
  for (const item of items)
    if (typeof item !== 'string' || item.length < 2) rt.valueError('xml has no form for such a list');
}

function partsOf(rt: Runtime, map: ValueMap): Pick<Element, 'attributes' | 'children'> {
  const attributes = new Map<string, string>();
  const children: Element[] = [];
  for (const [key, item] of map)
    if (item instanceof Map || Array.isArray(item)) children.push(...elementsOf(rt, key, item));
    else attributes.set(nameOf(rt, key), textOf(rt, pyStr(item)));
  return { attributes, children };
}

function nameOf(rt: Runtime, key: Value): string {
  if (typeof key === 'string' && /^[A-Za-z_][\w.-]*$/.test(key)) return key;
  return rt.valueError(`'${pyStr(key)}' is no name of an XML element`);
}

/** XML has no way to write these characters. */
const unwritable = /[^\t\n\r -\ufffd]/;

function textOf(rt: Runtime, text: string): string {
  return unwritable.test(text) ? rt.valueError('the text has a character that XML does not') : text;
}

function printed({ name, attributes, text, children }: Element, indent: string): string {
  const head = `${indent}<${name}${[...attributes].map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('')}`;
  if (children.length > 0)
    return `${head}>\n${children.map((child) => printed(child, `${indent} `)).join('')}${indent}</${name}>\n`;
  return text === '' ? `${head}/>\n` : `${head}>${escapeXml(text)}</${name}>\n`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
