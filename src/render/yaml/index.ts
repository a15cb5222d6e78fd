export { yamlifyArg } from './arg.ts';
export { compileNodes } from './builder.ts';
export { type DumpOptions, dumpYaml, scalarText, yamlDquote, yamlEncode, yamlSquote } from './dump.ts';
export { loadYaml, locateIn } from './load.ts';
export { failure, type Locate, parseNodes } from './parse.ts';
export { isImplicit, resolvePlain } from './scalar.ts';
export type { Build, SlotMarks, Slots } from './types.ts';
