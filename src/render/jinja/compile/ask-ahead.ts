import { LookupPending } from '../../types.ts';
import { globalOf } from '../library/globals.ts';
import type { Body, Expr, Node, Stmt } from '../parse/index.ts';
import type { Sink } from '../sink.ts';
import type { Compiler } from './compiler.ts';
import { type Execute, type Frame, goOn, type Signal } from './frame.ts';
import { changesData } from './unit-facts.ts';

/** A statement of a template's outermost level. */
interface Step {
  readonly run: Execute;
  /** It may lack an answer and the next ones can still be tried; `slot` is the variable that it leaves without a value. */
  readonly skip: { readonly slot: number | undefined } | undefined;
  /** It runs other templates, which do not know which variables lack their value. */
  readonly loads: boolean;
}

/**
 * The outermost statements of a template. When a look-up of a printed value or of a `set` has no answer yet, those
 * behind it run all the same, so that one pass finds as many look-ups as it can; what would read the missing value ends
 * the pass, so none is found that the answers might rule out. The render then fails with the first one.
 */
export function compileAskingAhead(c: Compiler, root: Body): Execute {
  if (!root.children.some(mayLack)) return c.body(root);
  const declared = c.declare(root);
  const steps = root.children.map((node): Step => {
    const run = c.rules.statement(c, node);
    return { run, skip: mayLack(node) ? { slot: slotOf(c, node) } : undefined, loads: loads(node) };
  });
  return (frame, sink) => {
    for (const { slot, outer } of declared) frame.vars[slot] = outer(frame);
    for (const step of steps) {
      if (step.loads && frame.rt.pending !== null) throw frame.rt.pending;
      const signal = attempt(step, frame, sink);
      if (signal !== goOn) return signal;
    }
    if (frame.rt.pending !== null) throw frame.rt.pending;
    return goOn;
  };
}

function attempt({ run, skip }: Step, frame: Frame, sink: Sink): Signal {
  if (skip === undefined) return run(frame, sink);
  try {
    return run(frame, sink);
  } catch (error) {
    if (!(error instanceof LookupPending)) throw error;
    frame.rt.pending ??= error;
    if (skip.slot !== undefined) frame.vars[skip.slot] = undefined;
    return goOn;
  }
}

/** Prints or assigns something made of look-ups, and does nothing else. */
function mayLack(node: Stmt): boolean {
  if (node.typename === 'Set') {
    const { target } = node;
    if (target.typename !== 'Symbol' || globalOf(target.value) !== undefined) return false;
  } else if (node.typename !== 'Output') return false;
  const calls = callsIn(node);
  return calls.length > 0 && calls.every(({ name }) => isOfSalt(name)) && !changesData(node);
}

function slotOf(c: Compiler, node: Stmt): number | undefined {
  return node.typename === 'Set' && node.target.typename === 'Symbol'
    ? c.scope.declare(node.target.value)
    : undefined;
}

function isOfSalt(callee: Expr): boolean {
  switch (callee.typename) {
    case 'Symbol':
      return callee.value === 'salt';
    case 'Attribute':
    case 'LookupVal':
      return isOfSalt(callee.target);
    case 'FunCall':
      return isOfSalt(callee.name);
    default:
      return false;
  }
}

function callsIn(node: object): Node<'FunCall'>[] {
  const own = 'typename' in node && node.typename === 'FunCall' ? [node as Node<'FunCall'>] : [];
  return [...own, ...childrenOf(node).flatMap(callsIn)];
}

const loading: ReadonlySet<string> = new Set([
  'Include',
  'Import',
  'FromImport',
  'ImportData',
  'Extends',
  'Block',
]);

function loads(node: object): boolean {
  if ('typename' in node && loading.has(node.typename as string)) return true;
  return childrenOf(node).some(loads);
}

function childrenOf(node: object): object[] {
  return Object.values(node).filter(
    (child: unknown): child is object => typeof child === 'object' && child !== null,
  );
}
