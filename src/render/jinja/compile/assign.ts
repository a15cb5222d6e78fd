import { deserialiser } from '../library/load.ts';
import type { Node, Target } from '../parse/index.ts';
import { itemsOf } from '../run/convert.ts';
import { Namespace, unpack } from '../run/objects.ts';
import type { PyValue } from '../run/values.ts';
import type { Compiler } from './compiler.ts';
import { type Execute, type Frame, goOn } from './frame.ts';
import { compileCapture, compileFiltered } from './output.ts';
import { targetNames } from './scope.ts';

export type Assign = (frame: Frame, value: PyValue) => void;

export function compileTarget(c: Compiler, target: Target): Assign {
  if (target.typename === 'Symbol') {
    const slot = c.scope.declare(target.value);
    return (frame, value) => {
      frame.vars[slot] = value;
    };
  }
  if (target.typename === 'NamespaceRef') return compileNamespaceTarget(c, target);
  const children = target.children.map((child) => compileTarget(c, child as Target));
  return (frame, value) => {
    const items = unpack(frame.rt, itemsOf(frame.rt, value), children.length);
    children.forEach((child, at) => {
      child(frame, items[at] as PyValue);
    });
  };
}

function compileNamespaceTarget(c: Compiler, target: Node<'NamespaceRef'>): Assign {
  const read = c.outerReader(target.name);
  return (frame, value) => {
    const holder = read(frame);
    if (!(holder instanceof Namespace))
      return frame.rt.fail(
        'TEMPLATE_TYPE',
        `cannot assign an attribute of '${target.name}': it is no namespace()`,
      );
    frame.rt.spend(1);
    holder.set(target.attribute, value);
  };
}

export function compileAssign(c: Compiler, node: Node<'Set'>): Execute {
  const value = c.flow(node.value);
  const assign = compileTarget(c, node.target);
  const at = c.site(node);
  return (frame) => {
    const made = value(frame);
    frame.rt.at = at;
    assign(frame, made);
    return goOn;
  };
}

export function compileAssignBlock(c: Compiler, node: Node<'SetBlock'>): Execute {
  const capture = compileCapture(c.in(c.scope.inner()).body(node.body));
  const value = node.filter === null ? capture : compileFiltered(c, node.filter, capture);
  const assign = compileTarget(c, node.target);
  return (frame) => {
    assign(frame, value(frame));
    return goOn;
  };
}

export function compileWith(c: Compiler, node: Node<'With'>): Execute {
  // The values belong to the scope around: none of them sees a name that the tag binds.
  const values = node.bindings.map(([, value]) => c.flow(value));
  const scope = c.scope.inner();
  const inner = c.in(scope);
  for (const [target] of node.bindings) {
    const names = new Set<string>();
    targetNames(target, names);
    for (const name of names) scope.declare(name);
  }
  const targets = node.bindings.map(([target]) => compileTarget(inner, target));
  const body = inner.body(node.body);
  return (frame, sink) => {
    const made = values.map((value) => value(frame));
    targets.forEach((assign, at) => {
      assign(frame, made[at] as PyValue);
    });
    return body(frame, sink);
  };
}

/** Salt's `load_yaml as x`: what the block puts out, read as YAML; data in it stays data. */
export function compileLoad(c: Compiler, node: Node<'Load'>): Execute {
  const capture = compileCapture(c.in(c.scope.inner()).body(node.body));
  const slot = c.scope.declare(node.target);
  const at = c.site(node);
  const load = deserialiser(node.format, c.source);
  return (frame) => {
    const text = capture(frame);
    frame.rt.at = at;
    frame.vars[slot] = load(frame.rt, text);
    return goOn;
  };
}
