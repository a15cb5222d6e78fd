export { actionOf } from './action.ts';
export { compileHigh } from './compile.ts';
export type { HighFile } from './high.ts';
