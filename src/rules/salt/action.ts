import {
  type Action,
  didYouMean,
  type LowChunk,
  type Problem,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { pyRepr, pyStr, type Rendered } from '../../render/index.ts';
import { isDictList, keywordsOf, positionals } from './arguments.ts';

const kinds = ['local', 'runner', 'wheel', 'caller'] as const;
type Kind = (typeof kinds)[number];

/** What a chunk's arguments come to; `legacy` when the function's signature has to sort them out. */
interface Arguments {
  readonly arg: readonly Value[];
  readonly kwarg: ValueMap;
  readonly legacy: ValueMap | null;
}

/** The call that a low chunk asks for, or why it cannot be made. `place` says where problems stand. */
export function actionOf(chunk: LowChunk, file: string, line = 1): Rendered<Action> {
  const fail = (code: string, message: string, hint?: string): Rendered<Action> => {
    const problem: Problem = { code, severity: 'error', message, file, line, column: 1 };
    return { ok: false, problems: [hint === undefined ? problem : { ...problem, hint }] };
  };
  const id = idOf(chunk);
  const kind = kinds.find((candidate) => candidate === chunk.get('state'));
  if (kind === undefined) {
    const given = pyStr(chunk.get('state') ?? null);
    const near = didYouMean(given, [...kinds, 'cmd']);
    const hint = near === undefined ? `Types are ${kinds.join(', ')}.` : `Did you mean '${near}'?`;
    return fail('SLS_UNKNOWN_TYPE', `'${id}' has the unknown type '${given}'.`, hint);
  }
  const fun = pyStr(chunk.get('fun') ?? null);
  if (kind === 'local' && !chunk.has('tgt'))
    return fail(
      'SLS_NO_TARGET',
      `The local reaction '${id}' has no target.`,
      "Add '- tgt: ...' below the function.",
    );
  const found = argumentsOf(kind, chunk);
  if (found === undefined) {
    const message = `The arguments of '${id}' (${kind}.${fun}) are not in a form that Salt takes.`;
    return fail('SLS_ARGUMENTS', message, "Write 'args:' as a list of '- name: value' or as a map.");
  }
  if (kind === 'local') return { ok: true, value: localAction(fun, chunk, found) };
  return { ok: true, value: { kind, fun, ...found } };
}

function localAction(fun: string, chunk: LowChunk, { arg, kwarg }: Arguments): Action {
  const text = (key: string, missing: string): string => {
    const value = chunk.get(key) ?? null;
    return value === null
      ? missing
      : Array.isArray(value)
        ? value.map((item) => pyStr(item)).join(',')
        : pyStr(value);
  };
  return {
    kind: 'local',
    fun,
    tgt: chunk.get('tgt') as Value,
    tgtType: text('tgt_type', 'glob'),
    arg,
    kwarg,
    ret: text('ret', ''),
    timeoutS: secondsOf(chunk.get('timeout')),
    metadata: chunk.get('metadata') ?? null,
  };
}

/** Salt takes integers, also as text; with anything else its own default holds. */
function secondsOf(timeout: Value | undefined): number | null {
  if (typeof timeout === 'number') return Number.isInteger(timeout) ? timeout : null;
  if (typeof timeout === 'string' && /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(timeout))
    return Number(timeout.replaceAll('_', ''));
  return null;
}

function argumentsOf(kind: Kind, chunk: LowChunk): Arguments | undefined {
  const args = chunk.get('args');
  if (args !== undefined) {
    if (kind === 'caller' && Array.isArray(args) && !isDictList(args))
      return { arg: args, kwarg: new Map(), legacy: null };
    const kwarg = keywordsOf(args);
    return kwarg === undefined ? undefined : { arg: [], kwarg, legacy: null };
  }
  const both = chunk.has('arg') && chunk.has('kwarg');
  if ((kind === 'runner' || kind === 'wheel') && !both) return { arg: [], kwarg: new Map(), legacy: chunk };
  const arg = positionals(chunk.get('arg'));
  const given = chunk.get('kwarg');
  // For a local reaction Salt passes over a `kwarg` that is no map.
  const kwarg = given === undefined || (kind === 'local' && !(given instanceof Map)) ? new Map() : given;
  return arg === undefined || !(kwarg instanceof Map) ? undefined : { arg, kwarg, legacy: null };
}

/** What Salt passes over in a chunk although its author surely meant it. */
export function chunkWarnings(chunk: LowChunk, place: () => { file: string; line: number }): Problem[] {
  const warnings: Problem[] = [];
  const warn = (code: string, message: string, hint: string): void => {
    warnings.push({ code, severity: 'warning', message, hint, ...place(), column: 1 });
  };
  if (chunk.has('expr_form') && chunk.get('state') === 'local') {
    const form = pyRepr(chunk.get('expr_form') ?? null);
    const used = pyStr(chunk.get('tgt_type') ?? 'glob');
    warn(
      'SLS_EXPR_FORM',
      `'${idOf(chunk)}' says expr_form: ${form}, which is ignored: its target is a ${used}.`,
      "Write 'tgt_type' instead.",
    );
  }
  if (chunk.has('args') && (chunk.has('arg') || chunk.has('kwarg')))
    warn(
      'SLS_ARGUMENTS_IGNORED',
      `'arg' and 'kwarg' of '${idOf(chunk)}' are ignored beside 'args'.`,
      "Use 'args' alone.",
    );
  return warnings;
}

function idOf(chunk: LowChunk): string {
  return pyStr(chunk.get('__id__') ?? null);
}
