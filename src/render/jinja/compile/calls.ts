import { didYouMean } from '../../../core/index.ts';
import { RenderFailure } from '../../types.ts';
import { filters } from '../library/filters/index.ts';
import { callFn, type FnTable } from '../library/function.ts';
import { tests } from '../library/tests/index.ts';
import { type CallArgs, type Node, problemAt } from '../parse/index.ts';
import { getAttribute } from '../run/access.ts';
import { isTrue, itemsOf, plain, used } from '../run/convert.ts';
import { type Args, noArgs, type Runtime } from '../run/runtime.ts';
import { PyObject, type PyValue, TemplateText, typeName, Undefined } from '../run/values.ts';
import type { Compiler } from './compiler.ts';
import type { Evaluate, Frame } from './frame.ts';

type EvaluateArgs = (frame: Frame) => Args;

/** The arguments of a call as one closure. */
export function compileArgs(c: Compiler, args: CallArgs): EvaluateArgs {
  const pos = args.positional.map((arg) => c.flow(arg));
  const keyword = args.keyword.map(([name, value]) => [name, c.flow(value)] as const);
  if (pos.length === 0 && keyword.length === 0 && args.star === null && args.doubleStar === null)
    return () => noArgs;
  const [only] = pos;
  if (
    pos.length === 1 &&
    only !== undefined &&
    keyword.length === 0 &&
    args.star === null &&
    args.doubleStar === null
  )
    return (frame) => ({ pos: [only(frame)], kw: null });
  const star = args.star === null ? undefined : c.flow(args.star);
  const doubleStar = args.doubleStar === null ? undefined : c.flow(args.doubleStar);
  return (frame) => {
    const values = pos.map((arg) => arg(frame));
    if (star !== undefined) values.push(...itemsOf(frame.rt, star(frame)));
    if (keyword.length === 0 && doubleStar === undefined) return { pos: values, kw: null };
    const named = new Map<string, PyValue>();
    for (const [name, value] of keyword) named.set(name, value(frame));
    if (doubleStar !== undefined) addKeywords(frame.rt, named, doubleStar(frame));
    return { pos: values, kw: named };
  };
}

function addKeywords(rt: Runtime, named: Map<string, PyValue>, value: PyValue): void {
  const given = used(rt, value);
  if (!(given instanceof Map))
    return rt.typeError(`argument after ** must be a mapping, not ${typeName(given)}`);
  for (const [key, item] of given) {
    if (typeof key !== 'string') rt.typeError('keywords must be strings');
    else named.set(key, item);
  }
}

export function compileCall(c: Compiler, node: Node<'FunCall'>): Evaluate {
  const args = compileArgs(c, node.args);
  const at = c.site(node);
  if (node.name.typename === 'Attribute') return compileMethodCall(c, node.name, args);
  const callee = c.flow(node.name);
  return (frame) => {
    const value = callee(frame);
    const given = args(frame);
    frame.rt.at = at;
    return callValue(frame.rt, value, given);
  };
}

/** `target.name(…)` without making the bound method first. */
function compileMethodCall(c: Compiler, node: Node<'Attribute'>, args: EvaluateArgs): Evaluate {
  const target = c.flow(node.target);
  const { name } = node;
  const at = c.site(node);
  const targetAt = c.site(node.target);
  return (frame) => {
    const value = target(frame);
    const given = args(frame);
    frame.rt.at = value instanceof Undefined ? targetAt : at;
    if (value instanceof TemplateText) return frame.rt.methods.call(frame.rt, value, name, given);
    if (value instanceof Undefined || value instanceof PyObject || !frame.rt.methods.has(value, name)) {
      const callee = getAttribute(frame.rt, value, name);
      if (callee instanceof Undefined) return frame.rt.undefinedUsed(callee);
      return callValue(frame.rt, callee, given);
    }
    return frame.rt.methods.call(frame.rt, value, name, given);
  };
}

export function callValue(rt: Runtime, value: PyValue, args: Args): PyValue {
  const callee = plain(value);
  if (callee instanceof Undefined) return rt.undefinedUsed(callee);
  const call = callee instanceof PyObject ? callee.call : undefined;
  if (call === undefined) return rt.typeError(`'${typeName(callee)}' object is not callable`);
  rt.step();
  return call.call(callee, rt, args);
}

/** The function of a filter or test; an unknown name fails when the template is compiled, as in Jinja. */
function named(
  c: Compiler,
  node: Node<'Filter' | 'Is'>,
  table: FnTable,
  kind: 'filter' | 'test',
): NonNullable<ReturnType<FnTable['get']>> {
  const found = table.get(node.name);
  if (found !== undefined) return found;
  const near = didYouMean(node.name, table.keys());
  const code = kind === 'filter' ? 'TEMPLATE_UNKNOWN_FILTER' : 'TEMPLATE_UNKNOWN_TEST';
  const hint = near === undefined ? undefined : `did you mean '${near}'?`;
  throw new RenderFailure(problemAt(c.source, node, code, `no ${kind} named '${node.name}'`, hint));
}

/** Filters apply to `target`, or to what `input` gives where a filter stands without an operand. */
export function compileFilter(
  c: Compiler,
  node: Node<'Filter'>,
  _plain?: boolean,
  input?: Evaluate,
): Evaluate {
  const filter = named(c, node, filters, 'filter');
  const target = operandOf(c, node, input);
  const args = compileArgs(c, node.args);
  const at = c.site(node);
  const { name } = node;
  return (frame) => {
    const value = target(frame);
    const given = args(frame);
    frame.rt.at = at;
    return callFn(frame.rt, name, filter, value, given);
  };
}

function operandOf(c: Compiler, node: Node<'Filter'>, input: Evaluate | undefined): Evaluate {
  if (node.target !== null)
    return node.target.typename === 'Filter'
      ? compileFilter(c, node.target, false, input)
      : c.flow(node.target);
  if (input === undefined) throw new TypeError('a filter without an operand needs an input');
  return input;
}

export function compileTest(c: Compiler, node: Node<'Is'>): Evaluate {
  const test = named(c, node, tests, 'test');
  const target: Evaluate = c.flow(node.target);
  const args = compileArgs(c, node.args);
  const at = c.site(node);
  const { name } = node;
  return (frame) => {
    const value = target(frame);
    const given = args(frame);
    frame.rt.at = at;
    return isTrue(frame.rt, callFn(frame.rt, name, test, value, given));
  };
}
