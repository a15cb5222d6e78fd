import type { Body, Node, Params } from '../parse/index.ts';
import { mapOfKeywords, tuple } from '../run/convert.ts';
import { Macro, type MacroShape } from '../run/objects.ts';
import type { Args, Runtime } from '../run/runtime.ts';
import { CaptureSink, type PyValue, Undefined } from '../run/values.ts';
import { callValue, compileArgs } from './calls.ts';
import type { Compiler } from './compiler.ts';
import { type Evaluate, type Execute, emptySlots, Frame, goOn } from './frame.ts';
import { emit } from './output.ts';
import { mentions } from './scope.ts';

interface CompiledMacro {
  readonly shape: MacroShape;
  readonly slots: { readonly count: number };
  readonly paramSlots: readonly number[];
  /** By parameter; undefined where there is no default. */
  readonly defaults: readonly (Evaluate | undefined)[];
  readonly specialSlots: { readonly varargs: number; readonly kwargs: number; readonly caller: number };
  readonly body: Execute;
}

export function compileMacro(c: Compiler, node: Node<'Macro'>): Execute {
  const slot = c.scope.declare(node.name);
  const macro = compileMacroBody(c, node.name, node.params, node.body);
  return (frame) => {
    frame.vars[slot] = bind(macro, frame);
    return goOn;
  };
}

function compileMacroBody(c: Compiler, name: string, params: Params, body: Body): CompiledMacro {
  const scope = c.scope.function();
  const inner = c.in(scope);
  const paramSlots = params.names.map((param) => scope.declare(param));
  const special = (word: string): number =>
    !params.names.includes(word) &&
    (mentions(body, word) || params.defaults.some((value) => mentions(value, word)))
      ? scope.declare(word)
      : -1;
  const specialSlots = { varargs: special('varargs'), kwargs: special('kwargs'), caller: special('caller') };
  const missing = params.names.length - params.defaults.length;
  const defaults = params.names.map((_, at) => {
    const value = params.defaults[at - missing];
    return value === undefined ? undefined : inner.flow(value);
  });
  const run = inner.body(body);
  const shape: MacroShape = {
    name,
    params: params.names,
    varargs: specialSlots.varargs >= 0,
    kwargs: specialSlots.kwargs >= 0,
    caller: specialSlots.caller >= 0 || params.names.includes('caller'),
  };
  return { shape, slots: scope.fn, paramSlots, defaults, specialSlots, body: run };
}

/** A macro with the frame it was defined in. */
function bind(macro: CompiledMacro, up: Frame): Macro {
  return new Macro(macro.shape, (rt, args) => {
    rt.enter();
    const frame = new Frame(rt, emptySlots(macro.slots), up, up.names, up.program);
    bindArguments(rt, macro, frame, args);
    const capture = new CaptureSink();
    macro.body(frame, capture);
    rt.leave();
    return capture.take();
  });
}

function bindArguments(rt: Runtime, macro: CompiledMacro, frame: Frame, args: Args): void {
  const { shape, specialSlots } = macro;
  const keywords = new Map(args.kw ?? []);
  const values: (PyValue | undefined)[] = args.pos.slice(0, shape.params.length);
  shape.params.forEach((param, at) => {
    if (!keywords.has(param)) return;
    if (values[at] !== undefined)
      rt.typeError(`macro '${shape.name}' got multiple values for argument '${param}'`);
    values[at] = keywords.get(param);
    keywords.delete(param);
  });
  bindSpecial(rt, macro, frame, args.pos.slice(shape.params.length), keywords);
  if (specialSlots.kwargs < 0 && keywords.size > 0)
    rt.typeError(`macro '${shape.name}' takes no keyword argument '${[...keywords.keys()][0] ?? ''}'`);
  macro.paramSlots.forEach((slot, at) => {
    const given = values[at];
    frame.vars[slot] = given === undefined ? defaultOf(macro, frame, at) : given;
  });
}

function defaultOf(macro: CompiledMacro, frame: Frame, at: number): PyValue {
  const value = macro.defaults[at];
  return value === undefined
    ? new Undefined(`parameter '${macro.shape.params[at]}' was not provided`)
    : value(frame);
}

function bindSpecial(
  rt: Runtime,
  { shape, specialSlots }: CompiledMacro,
  frame: Frame,
  rest: readonly PyValue[],
  keywords: Map<string, PyValue>,
): void {
  if (specialSlots.caller >= 0) {
    frame.vars[specialSlots.caller] = keywords.get('caller') ?? new Undefined('no caller defined');
    keywords.delete('caller');
  }
  if (specialSlots.kwargs >= 0) frame.vars[specialSlots.kwargs] = mapOfKeywords(keywords);
  if (specialSlots.varargs >= 0) frame.vars[specialSlots.varargs] = tuple(rest);
  else if (rest.length > 0)
    rt.typeError(`macro '${shape.name}' takes not more than ${shape.params.length} argument(s)`);
}

/** `call(args) macro(…)`: the body becomes the macro's `caller`. */
export function compileCallBlock(c: Compiler, node: Node<'CallBlock'>): Execute {
  const callee = c.flow(node.call.name);
  const args = compileArgs(c, node.call.args);
  const caller = compileMacroBody(c, 'caller', node.params, node.body);
  const at = c.site(node);
  return (frame, sink) => {
    const target = callee(frame);
    const given = args(frame);
    const kw = new Map(given.kw ?? []);
    kw.set('caller', bind(caller, frame));
    frame.rt.at = at;
    const value = callValue(frame.rt, target, { pos: given.pos, kw });
    frame.rt.at = at;
    emit(frame.rt, sink, value);
    return goOn;
  };
}
