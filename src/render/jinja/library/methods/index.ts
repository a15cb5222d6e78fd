import { didYouMean, PyFloat, PyTuple, type Value } from '../../../../core/index.ts';
import type { Args, Methods, Runtime } from '../../run/runtime.ts';
import { type PyValue, TemplateText, typeName } from '../../run/values.ts';
import { callFn, type FnTable, fn, table } from '../function.ts';
import { listMethods, tupleMethods } from './list.ts';
import { mapMethods } from './map.ts';
import { textCaseMethods } from './text-case.ts';
import { textFormatMethods } from './text-format.ts';
import { textSearchMethods } from './text-search.ts';
import { textSplitMethods } from './text-split.ts';

const textMethods: FnTable = new Map([
  ...textCaseMethods,
  ...textFormatMethods,
  ...textSearchMethods,
  ...textSplitMethods,
]);

const numberMethods: FnTable = table({
  bit_length: fn('', (_call, self) =>
    self === 0 ? 0 : BigInt(Number(self)).toString(2).replace('-', '').length,
  ),
  is_integer: fn('', (_call, self) => self instanceof PyFloat || Number.isInteger(self)),
});

const bytesMethods: FnTable = table({
  decode: fn('encoding? errors?', (_call, self) => new TextDecoder().decode(self as Uint8Array)),
  hex: fn('', (_call, self) =>
    Array.from(self as Uint8Array, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  ),
});

/** The allow-list, by the type that has them. */
export const methodTables: Readonly<Record<string, FnTable>> = {
  str: textMethods,
  list: listMethods,
  tuple: tupleMethods,
  dict: mapMethods,
  int: numberMethods,
  bytes: bytesMethods,
};

const none: FnTable = new Map();

function methodsOf(value: Value): FnTable {
  if (typeof value === 'string') return textMethods;
  if (value instanceof Map) return mapMethods;
  if (Array.isArray(value)) return listMethods;
  if (value instanceof PyTuple) return tupleMethods;
  if (value instanceof Uint8Array) return bytesMethods;
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat
    ? numberMethods
    : none;
}

function hasMethod(value: Value, name: string): boolean {
  return methodsOf(value).has(name);
}

/** Calls a method of the allow-list. `target` may be author's text, whose methods are those of strings. */
function callMethod(rt: Runtime, target: Value | TemplateText, name: string, args: Args): PyValue {
  const methods = target instanceof TemplateText ? textMethods : methodsOf(target);
  const method = methods.get(name);
  if (method !== undefined) return callFn(rt, name, method, target, args);
  const near = didYouMean(name, methods.keys());
  return rt.fail(
    'TEMPLATE_UNDEFINED',
    `'${typeName(target)} object' has no attribute '${name}'`,
    near === undefined ? undefined : `did you mean '${near}'?`,
  );
}

export const methods: Methods = { has: hasMethod, call: callMethod };

/** The methods that change what they are called on. */
export const mutatingMethods: ReadonlySet<string> = new Set([
  'append',
  'clear',
  'extend',
  'insert',
  'pop',
  'popitem',
  'remove',
  'reverse',
  'setdefault',
  'sort',
  'update',
]);
