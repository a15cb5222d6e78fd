import { PyTuple, type Value } from '../../../core/index.ts';
import { pyStr } from '../../python/index.ts';
import type { Runtime } from '../run/runtime.ts';

/** Salt's `xml`: the last entry is the root, with one element for each entry inside; lists repeat their element, `[attributes, content]` pairs are not told apart. */
export function writeXml(rt: Runtime, value: Value): string {
  if (!(value instanceof Map)) return rt.typeError('xml wants a mapping');
  const root = [...value].at(-1);
  if (root === undefined) return rt.valueError('xml wants an entry, the root');
  return `<?xml version="1.0" ?>\n${element(rt, pyStr(root[0]), root[1], '')}`;
}

function element(rt: Runtime, name: string, value: Value, indent: string): string {
  if (!/^[\p{L}_][\p{L}\p{N}_.:-]*$/u.test(name)) rt.valueError(`'${name}' is no name of an XML element`);
  if (Array.isArray(value) || value instanceof PyTuple) {
    const items = Array.isArray(value) ? value : value.items;
    return items.map((item) => element(rt, name, item, indent)).join('');
  }
  if (!(value instanceof Map)) return `${indent}<${name}>${escapeXml(pyStr(value))}</${name}>\n`;
  const inner = [...value].map(([key, item]) => element(rt, pyStr(key), item, `${indent} `)).join('');
  return `${indent}<${name}>\n${inner}${indent}</${name}>\n`;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
