import type { Node } from '../parse/index.ts';
import { isTrue, itemsOf } from '../run/convert.ts';
import { Loop } from '../run/objects.ts';
import { CaptureSink, type PyValue } from '../run/values.ts';
import type { Sink } from '../sink.ts';
import { type Assign, compileTarget } from './assign.ts';
import type { Compiler } from './compiler.ts';
import { breakLoop, type Evaluate, type Execute, Frame, goOn, type Signal } from './frame.ts';
import { mentions, targetNames } from './scope.ts';

interface CompiledLoop {
  readonly assign: Assign;
  readonly test: Evaluate | undefined;
  /** The slot of `loop`, or -1 when nothing in the loop reads it. */
  readonly loopSlot: number;
  readonly recursive: boolean;
  readonly body: Execute;
  readonly otherwise: Execute | undefined;
}

export function compileFor(c: Compiler, node: Node<'For'>): Execute {
  const source = c.flow(node.arr);
  const at = c.site(node.arr);
  const loop = compileLoop(c, node);
  return (frame, sink) => {
    const value = source(frame);
    frame.rt.at = at;
    return runLoop(loop, frame, sink, itemsOf(frame.rt, value), 0);
  };
}

function compileLoop(c: Compiler, node: Node<'For'>): CompiledLoop {
  const scope = c.scope.inner();
  const inner = c.in(scope);
  const names = new Set<string>();
  targetNames(node.name, names);
  for (const name of names) scope.declare(name);
  const assign = compileTarget(inner, node.name);
  const test = node.test === null ? undefined : inner.plain(node.test);
  const needsLoop = node.recursive || mentions(node.body, 'loop') || includes(node.body);
  const loopSlot = needsLoop ? scope.declare('loop') : -1;
  const body = inner.body(node.body);
  const otherwise = node.else_ === null ? undefined : c.in(c.scope.inner()).body(node.else_);
  return { assign, test, loopSlot, recursive: node.recursive, body, otherwise };
}

/** An included template sees `loop` although the tree does not show it. */
function includes(node: object): boolean {
  if ('typename' in node && (node.typename === 'Include' || node.typename === 'Block')) return true;
  return Object.values(node).some(
    (child: unknown) => typeof child === 'object' && child !== null && includes(child),
  );
}

function runLoop(
  loop: CompiledLoop,
  frame: Frame,
  sink: Sink,
  source: readonly PyValue[],
  depth0: number,
): Signal {
  const items = loop.test === undefined ? source : filtered(loop, loop.test, frame, source);
  const count = items.length;
  if (count === 0) return loop.otherwise === undefined ? goOn : loop.otherwise(frame, sink);
  const state = loop.loopSlot < 0 ? undefined : new Loop(items, depth0, recursion(loop, frame));
  if (state !== undefined) frame.vars[loop.loopSlot] = state;
  for (let at = 0; at < count; at += 1) {
    frame.rt.step();
    if (state !== undefined) state.index0 = at;
    loop.assign(frame, items[at] as PyValue);
    if (loop.body(frame, sink) === breakLoop) break;
  }
  return goOn;
}

function filtered(
  loop: CompiledLoop,
  test: Evaluate,
  frame: Frame,
  source: readonly PyValue[],
): readonly PyValue[] {
  frame.rt.step(source.length);
  return source.filter((item) => {
    loop.assign(frame, item);
    return isTrue(frame.rt, test(frame));
  });
}

function recursion(
  loop: CompiledLoop,
  frame: Frame,
): ((items: PyValue, depth0: number) => PyValue) | undefined {
  if (!loop.recursive) return undefined;
  return (items, depth0) => {
    const { rt } = frame;
    rt.enter();
    const inner = new Frame(rt, [...frame.vars], frame.up, frame.names, frame.program);
    const capture = new CaptureSink();
    runLoop(loop, inner, capture, itemsOf(rt, items), depth0);
    rt.leave();
    return capture.take();
  };
}
