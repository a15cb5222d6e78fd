import { deserialiser } from '../library/load.ts';
import type { Expr, Node } from '../parse/index.ts';
import { itemsOf, plain, str } from '../run/convert.ts';
import { Module } from '../run/objects.ts';
import { CaptureSink, type PyValue, Undefined } from '../run/values.ts';
import { runBlock, type SeenNames } from './blocks.ts';
import type { Compiler } from './compiler.ts';
import { type Execute, type Frame, goOn, type Unit } from './frame.ts';
import { exportsOf, notFound, runUnit, silentSink } from './running.ts';
import { FunctionSlots, type Read, Scope } from './scope.ts';

/** What another template sees of this place: the names here, or only those of the render. */
function seenNames(c: Compiler, withContext: boolean): SeenNames {
  if (!withContext) return (frame) => frame.rt.context;
  // Read when the template runs, because names that are set later are declared later.
  let readers: [string, Read][] | undefined;
  return (frame) => {
    readers ??= [...c.scope.visible()];
    const names = new Map<string, PyValue>();
    for (const [name, read] of readers) {
      const value = read(frame);
      if (value !== undefined) names.set(name, value);
    }
    return { names, parent: frame.names };
  };
}

/** The template of a name, or the first that exists of a list of names. */
function findUnit(frame: Frame, value: PyValue): Unit | null {
  const given = plain(value);
  const paths =
    typeof given === 'string' ? [given] : itemsOf(frame.rt, given).map((item) => str(frame.rt, item));
  for (const path of paths) {
    const unit = frame.program.load(path);
    if (unit !== null) return unit;
  }
  return null;
}

function needUnit(frame: Frame, value: PyValue): Unit {
  const unit = findUnit(frame, value);
  return unit === null ? notFound(frame.rt, str(frame.rt, value)) : unit;
}

export function compileInclude(c: Compiler, node: Node<'Include'>): Execute {
  const template = c.plain(node.template);
  const seen = seenNames(c, node.withContext);
  const at = c.site(node);
  return (frame, sink) => {
    const { rt } = frame;
    const value = template(frame);
    rt.at = at;
    rt.step();
    const unit = node.ignoreMissing ? findUnit(frame, value) : needUnit(frame, value);
    if (unit === null) return goOn;
    rt.enter();
    runUnit(unit, rt, seen(frame), sink, frame.program);
    rt.leave();
    return goOn;
  };
}

/** Runs a template for its names; what it puts out is kept, too. */
function compileModule(
  c: Compiler,
  node: { template: Expr; withContext: boolean } & { lineno: number; colno: number },
): (frame: Frame) => Module {
  const template = c.plain(node.template);
  const seen = seenNames(c, node.withContext);
  const at = c.site(node);
  return (frame) => {
    const { rt } = frame;
    const value = template(frame);
    rt.at = at;
    rt.step();
    const unit = needUnit(frame, value);
    const capture = new CaptureSink();
    rt.enter();
    const inner = runUnit(unit, rt, seen(frame), capture, frame.program);
    rt.leave();
    rt.at = at;
    return new Module(exportsOf(unit, inner), capture.take());
  };
}

export function compileImport(c: Compiler, node: Node<'Import'>): Execute {
  const module = compileModule(c, node);
  const slot = c.scope.declare(node.target);
  return (frame) => {
    frame.vars[slot] = module(frame);
    return goOn;
  };
}

export function compileFromImport(c: Compiler, node: Node<'FromImport'>): Execute {
  const module = compileModule(c, node);
  const slots = node.names.map(([name, alias]) => [name, c.scope.declare(alias)] as const);
  return (frame) => {
    const { names } = module(frame);
    for (const [name, slot] of slots) {
      const value = names.get(name);
      frame.vars[slot] =
        value === undefined ? new Undefined(`the imported template has no name '${name}'`) : value;
    }
    return goOn;
  };
}

/** Salt's `import_yaml "file" as x`: the file is a template; what it puts out is read as YAML. */
export function compileImportData(c: Compiler, node: Node<'ImportData'>): Execute {
  const module = compileModule(c, node);
  const slot = c.scope.declare(node.target);
  const load = deserialiser(node.format, c.source);
  return (frame) => {
    frame.vars[slot] = load(frame.rt, module(frame).body);
    return goOn;
  };
}

/** The tag is read before anything runs: see `Unit.parent`. */
export function compileExtends(): Execute {
  return () => goOn;
}

export function compileBlock(c: Compiler, node: Node<'Block'>): Execute {
  const inner = c.in(new Scope(new FunctionSlots(null), null));
  const run = inner.body(node.body);
  c.blocks.set(node.name, { name: node.name, run, required: node.required, fn: inner.scope.fn });
  const around = node.scoped ? c : c.in(outermost(c.scope));
  const seen = seenNames(around, true);
  const at = c.site(node);
  return (frame, sink) => {
    if (sink === silentSink) return goOn;
    frame.rt.at = at;
    runBlock(frame, node.name, 0, seen, sink);
    return goOn;
  };
}

function outermost(scope: Scope): Scope {
  let top = scope;
  while (top.parent !== null) top = top.parent;
  return top;
}
