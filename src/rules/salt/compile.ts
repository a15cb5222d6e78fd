import { type LowChunk, type Problem, textAt, type Value } from '../../core/index.ts';
import type { SaltRelease } from '../types.ts';
import { chunkWarnings } from './action.ts';
import { lowChunks } from './chunks.ts';
import { type HighFile, mergeFiles, type Reaction } from './high.ts';
import type { Refusal } from './requisites.ts';
import { verifyHigh } from './verify.ts';

/**
 * Compiles the high data of all SLS files of one event into low chunks, as Salt's reactor does: merge by ID,
 * pad, verify, compile, order, alias. `release` matters for requisites. A problem of verification leaves no chunk of any file; problems with
 * severity `warning` say which reactions are lost without a word in Salt.
 */
export function compileHigh(
  files: readonly HighFile[],
  release: SaltRelease = 3008,
): {
  chunks: readonly LowChunk[];
  problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const merged = mergeFiles(files, problems);
  const before = problems.length;
  verifyHigh(merged.values(), problems, release);
  if (problems.length > before) return { chunks: [], problems };
  const ordered = lowChunks(merged.values(), release);
  if (!ordered.ok) return { chunks: [], problems: [...problems, refused(ordered.refusal, merged)] };
  const { chunks } = ordered;
  for (const chunk of chunks) problems.push(...chunkWarnings(chunk, () => placeOf(chunk, merged)));
  return { chunks, problems };
}

function refused({ chunk, code, message, hint }: Refusal, merged: ReadonlyMap<Value, Reaction>): Problem {
  const text = `'${textAt(chunk, '__id__')}' cannot be compiled: ${message}.`;
  return { code, severity: 'error', message: text, hint, ...placeOf(chunk, merged), column: 1 };
}

/** Where a chunk's ID stands; an argument may have changed the ID, and then it is unknown. */
function placeOf(chunk: LowChunk, merged: ReadonlyMap<Value, Reaction>): { file: string; line: number } {
  const id = chunk.get('__id__') ?? null;
  const origin = merged.get(id)?.origin;
  const line = typeof id === 'string' ? origin?.lineOf?.(id) : undefined;
  return { file: origin?.file ?? textAt(chunk, '__sls__'), line: line ?? 1 };
}
