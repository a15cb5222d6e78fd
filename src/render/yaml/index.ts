export { yamlifyArg } from './arg.ts';
export { compileNodes } from './builder.ts';
export { dumpYaml, sortedEntries, yamlDquote, yamlEncode, yamlSquote } from './dump.ts';
export { loadYaml } from './load.ts';
export { failure, type Locate, parseNodes } from './parse.ts';
export { withReindent } from './reindent.ts';
export { resolvePlain } from './scalar.ts';
export { listTexts, refuseTextArgs } from './text-args.ts';
export type { Build, Slots } from './types.ts';
