export { actionOf, chunkWarnings } from './action.ts';
export { lowChunks } from './chunks.ts';
export { compileHigh } from './compile.ts';
export type { HighFile } from './high.ts';
