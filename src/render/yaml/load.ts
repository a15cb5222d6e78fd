import type { Value } from '../../core/index.ts';
import { collect, type Rendered, type Source } from '../types.ts';
import { compileNodes } from './builder.ts';
import { type Locate, parseNodes } from './parse.ts';
import { withReindent } from './reindent.ts';

/**
 * Reads one YAML document as Salt does: YAML 1.1 with Salt's changes, no duplicate keys. An empty document
 * is null. Never throws; what is wrong comes back as problems with their places.
 */
export function loadYaml(source: Source): Rendered<Value> {
  return collect(() => {
    const load = (text: string): Value => {
      const locate = locateIn({ ...source, text });
      return compileNodes(parseNodes(text, locate), locate, null)({ values: [], texts: [] });
    };
    return withReindent(source.text, load);
  });
}

/** Places within text that is written in a file as it is. */
function locateIn(source: Source): Locate {
  return (offset) => {
    const before = source.text.slice(0, offset);
    const start = before.lastIndexOf('\n') + 1;
    const end = source.text.indexOf('\n', start);
    const row = before.split('\n').length - 1;
    const firstColumn = row === 0 ? (source.column ?? 1) : 1;
    return {
      file: source.file,
      line: (source.line ?? 1) + row,
      column: firstColumn + offset - start,
      source:
        ' '.repeat(firstColumn - 1) + source.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, ''),
    };
  };
}
