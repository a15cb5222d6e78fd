import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Place, Problem } from '../core/index.ts';

/** A parsed file whose values still know where they stand. */
export interface ConfigSource {
  readonly file: string;
  readonly value: unknown;
  /** Where a value stands; with `key`, where its key stands. The nearest known parent when it has no place. */
  place(path: readonly PropertyKey[], key?: boolean): Place & { source?: string };
}

/** Parses one file. Syntax errors (and keys written twice) are problems, all at once. */
export function readSource(file: string, text: string): { source: ConfigSource; problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, prettyErrors: false });
  const rows = text.split('\n');
  const at = (offset: number): Place & { source?: string } => {
    const { line, col } = lines.linePos(offset);
    const source = rows[line - 1]?.replace(/\r$/, '');
    return { file, line, column: col, ...(source === undefined ? {} : { source }) };
  };
  const problems = document.errors.map((error): Problem => {
    const code = error.code === 'DUPLICATE_KEY' ? 'CONFIG_DUPLICATE_KEY' : 'CONFIG_SYNTAX';
    return { ...at(error.pos[0]), code, severity: 'error', message: error.message };
  });
  const value: unknown = problems.length > 0 ? null : document.toJS({ maxAliasCount: 100 });
  const place: ConfigSource['place'] = (path, key) => at(offsetOf(document, path, key === true));
  return { source: { file, value, place }, problems };
}

function offsetOf(document: Document, path: readonly PropertyKey[], key: boolean): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if ((key && length === path.length) || !isNode(node) || !node.range) {
      const offset = keyOffset(document.getIn(path.slice(0, length - 1), true), path[length - 1]);
      if (offset !== undefined) return offset;
    } else return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(parent: unknown, name: PropertyKey | undefined): number | undefined {
  const map = isMap(parent) ? (parent as YAMLMap) : undefined;
  const pair = map?.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(name),
  );
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}
