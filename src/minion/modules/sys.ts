import { keyText, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { Signature } from './signature.ts';
import type { Call, MinionModule } from './types.ts';

/** What can be called here. */
export const sysModule: MinionModule = {
  doc: {
    signature: '*args',
    doc: 'Function → what it does, for the named modules or functions, or for all.',
    run: (args, call) => about(call, args.rest, (described) => described.doc),
  },
  argspec: {
    signature: '*args',
    doc: 'Function → its arguments, for the named modules or functions, or for all.',
    run: (args, call) => about(call, args.rest, (described) => argspec(described.signature)),
  },
  list_functions: {
    signature: '*args',
    doc: 'The functions of the named modules, or all.',
    run: (args, call) => selected(call, args.rest),
  },
  list_modules: {
    signature: '',
    doc: 'The modules.',
    run: (_args, call) => [...new Set(selected(call, []).map((name) => name.split('.', 1)[0] ?? ''))],
  },
};

function selected(call: Call, wanted: readonly Value[]): string[] {
  const names = [...call.functions.names()].sort();
  if (wanted.length === 0) return names;
  const words = wanted.map(keyText);
  return names.filter((name) => words.some((word) => name === word || name.startsWith(`${word}.`)));
}

function about(
  call: Call,
  wanted: readonly Value[],
  show: (described: { signature: Signature; doc: string }) => Value,
): ValueMap {
  const shown: ValueMap = new Map();
  for (const name of selected(call, wanted)) {
    const described = call.functions.describe(name);
    if (described !== undefined) shown.set(name, show(described));
  }
  return shown;
}

function argspec(signature: Signature): ValueMap {
  const optional = signature.parameters.filter((parameter) => !parameter.required);
  return mapOf({
    args: signature.parameters.map((parameter) => parameter.name),
    defaults: optional.length === 0 ? null : optional.map((parameter) => parameter.fallback ?? null),
    varargs: signature.varargs === null ? null : true,
    kwargs: signature.keywords === null ? null : true,
  });
}
