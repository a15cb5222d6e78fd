import type { BrineAnswer } from './brine.ts';
import { callDifference } from './dispatch.ts';
import { chunkPairs } from './encode.ts';
import type { Report } from './report.ts';
import type { Answer } from './salt.ts';

/** How the answers differ, in one line; null when they agree. */
export function difference(salt: Answer, brine: Answer): string | null {
  if (brine.crashed !== undefined) return `Brine crashes: ${brine.crashed}`;
  if (salt.slow === true) return null;
  if (salt.refused !== undefined && brine.refused === undefined) return `only Salt refuses: ${salt.refused}`;
  if (salt.refused === undefined && brine.refused !== undefined)
    return `only Brine refuses: ${brine.refused}`;
  if (salt.printed !== brine.printed)
    return `Salt prints ${JSON.stringify(salt.printed)}, Brine ${JSON.stringify(brine.printed)}`;
  const ours = (brine.chunks ?? []).map(chunkPairs);
  const theirs = (salt.chunks ?? []).map(chunkPairs);
  for (const [index, chunk] of theirs.entries()) {
    const mine = ours[index] ?? [];
    const lacks = chunk.filter((pair) => !mine.includes(pair));
    const adds = mine.filter((pair) => !chunk.includes(pair));
    if (lacks.length + adds.length > 0)
      return `chunk ${index}: Salt ${lacks.join(' ')}, Brine ${adds.join(' ') || 'nothing'}`;
  }
  if (ours.length <= theirs.length) return null;
  const why = salt.refused === undefined ? '' : `; Salt refuses: ${salt.refused}`;
  return `Brine adds ${ours[theirs.length]?.join(' ')}${why}`;
}

/** Compares what is called for the chunks on which both agree; adds each call to the report. */
export function compareCalls(name: string, salt: Answer, brine: BrineAnswer, report: Report): void {
  const { calls = [] } = salt;
  for (const [index, chunk] of (brine.low ?? []).entries()) {
    const call = calls[index];
    if (call !== undefined) report.add(`${name} call ${index}`, callDifference(chunk, call));
  }
}
