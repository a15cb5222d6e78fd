import type { Source } from '../types.ts';
import type { Locate } from '../yaml/index.ts';
import { mark } from './collector.ts';

/**
 * Places for text that a template made: the line of the template that looks most like the faulty line, as
 * control blocks drop and repeat lines. Costs a walk over the template, for a problem only.
 */
export function locateInTemplate(text: string, source: Source): Locate {
  return (offset) => {
    const start = text.lastIndexOf('\n', offset - 1) + 1;
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end);
    const rows = source.text.split(/\r?\n/);
    const row = nearestRow(rows, line, text.slice(0, start).split('\n').length - 1);
    const shown = row < 0 ? line.replaceAll(mark, '{{ … }}') : (rows[row] as string);
    return {
      file: source.file,
      line: (source.line ?? 1) + Math.max(row, 0),
      column: row < 0 ? 1 : columnIn(shown, line, offset - start),
      source: shown,
    };
  };
}

function nearestRow(rows: readonly string[], line: string, guess: number): number {
  const pieces = line.split(mark).filter((piece) => piece.trim() !== '');
  if (pieces.length === 0) return -1;
  let best = -1;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const [index, row] of rows.entries()) {
    if (!holds(row, pieces)) continue;
    const likeness = row === line ? 0 : row.startsWith(pieces[0] as string) ? 1 : 2;
    const score = likeness * rows.length * 2 + Math.abs(index - guess);
    if (score < bestScore) [best, bestScore] = [index, score];
  }
  return best;
}

function holds(row: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = row.indexOf(piece.trim(), from);
    if (at < 0) return false;
    from = at + piece.trim().length;
  }
  return true;
}

/** The column in the template of a column in the made text: the same literal piece, the same distance into it. */
function columnIn(row: string, line: string, column: number): number {
  const pieceStart = line.lastIndexOf(mark, column - 1) + 1;
  const pieceEnd = line.indexOf(mark, pieceStart);
  const piece = line.slice(pieceStart, pieceEnd < 0 ? undefined : pieceEnd);
  if (piece.trim() === '') return row.length - row.trimStart().length + 1;
  const at = pieceStart === 0 ? row.indexOf(piece) : row.lastIndexOf(piece);
  return Math.max(at, 0) + column - pieceStart + 1;
}
