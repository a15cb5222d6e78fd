import type { Scalar } from 'yaml';
import { float, type Value } from '../../core/index.ts';
import { failure, type Locate } from './parse.ts';
import { resolvePlain } from './scalar.ts';
import type { Build } from './types.ts';

const prefix = 'tag:yaml.org,2002:';

/** The builder of a scalar with an explicit tag, from the builder of its text. */
export function taggedScalar(tag: string, node: Scalar.Parsed, text: Build, locate: Locate): Build {
  const offset = node.range[0];
  const name = tag.startsWith(prefix) ? tag.slice(prefix.length) : tag;
  if (texts.has(name)) return text;
  const read = readers[name];
  if (read === undefined) {
    throw failure(locate, offset, 'YAML_TAG', `Could not determine a constructor for the tag '${tag}'.`);
  }
  return (slots) => {
    const value = read(text(slots) as string);
    if (value === undefined) throw failure(locate, offset, 'YAML_TAG', `This is not a valid !!${name}.`);
    return value;
  };
}

const texts: ReadonlySet<string> = new Set(['str', 'timestamp', 'python/unicode']);

const readers: Readonly<Record<string, (text: string) => Value | undefined>> = {
  int: (text) => only(resolvePlain(text), (value) => typeof value === 'number' || typeof value === 'bigint'),
  float: (text) => {
    const value = resolvePlain(text);
    if (typeof value === 'number' || typeof value === 'bigint') return float(Number(value));
    return only(value, (real) => typeof real === 'object');
  },
  bool: (text) => only(resolvePlain(text), (value) => typeof value === 'boolean'),
  null: () => null,
  // The tag that stands for none: the text has the type that it would have without quotes.
  '!': resolvePlain,
  binary: (text) => bytesOf(text),
};

function only(value: Value, test: (value: Value) => boolean): Value | undefined {
  return value !== null && test(value) ? value : undefined;
}

function bytesOf(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return Uint8Array.from(Buffer.from(compact, 'base64'));
}
