import type { Problem } from '../../../core/index.ts';
import type { Source } from '../../types.ts';
import type { At } from './ast.ts';

/** A problem of a template's node; the source may start somewhere inside its file. */
export function problemAt(source: Source, at: At, code: string, message: string, hint?: string): Problem {
  const firstLine = source.line ?? 1;
  const indent = at.lineno === 0 ? (source.column ?? 1) - 1 : 0;
  const problem = {
    code,
    severity: 'error' as const,
    message: sentence(message),
    file: source.file,
    line: firstLine + at.lineno,
    column: at.colno + 1 + indent,
  };
  // A leaf inside a file is not a whole line of it: its column would point at the wrong character.
  const text = indent > 0 ? undefined : source.text.split(/\r\n?|\n/, at.lineno + 1)[at.lineno];
  const withSource = text === undefined ? problem : { ...problem, source: text };
  return hint === undefined ? withSource : { ...withSource, hint };
}

function sentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
