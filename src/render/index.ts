export { compileExpression, type Expression } from './jinja/expression.ts';
export { type SaltCall, saltCalls } from './jinja/salt-calls.ts';
export { compileLeaf, compileSls, type SlsTemplate } from './prepared/index.ts';
export { compareText, mapSet, pyEquals, pyRepr, pyStr, truthy } from './python/index.ts';
export type { Context, LookupDesk, RenderEnv, Rendered, Source } from './types.ts';
export { dumpYaml, loadYaml, yamlifyArg } from './yaml/index.ts';
