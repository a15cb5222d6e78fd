import { RenderFailure, type Source } from '../../types.ts';
import { type Node, parseTemplate, problemAt, tooDeep } from '../parse/index.ts';
import { compileAskingAhead } from './ask-ahead.ts';
import { Compiler } from './compiler.ts';
import { compileExpr } from './expressions.ts';
import type { Unit } from './frame.ts';
import { FunctionSlots, Scope } from './scope.ts';
import { compileStatement } from './statements.ts';
import { changesData } from './unit-facts.ts';

/** A compiler for the source's outermost scope. */
export function compilerFor(source: Source): Compiler {
  const rules = { expression: compileExpr, statement: compileStatement };
  return new Compiler(source, rules, new Scope(new FunctionSlots(null), null));
}

/** Compiles a template. Throws a RenderFailure. */
export function compileUnit(source: Source): Unit {
  return compiling(source, () => compileRoot(source, parseTemplate(source)));
}

/** Turns an overflow of the stack into a problem. */
export function compiling<T>(source: Source, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof RangeError ? new RenderFailure(tooDeep(source)) : error;
  }
}

function compileRoot(source: Source, root: Node<'Root'>): Unit {
  const c = compilerFor(source);
  const { scope } = c;
  const extension = root.children.find((child) => child.typename === 'Extends');
  refuseNestedExtends(source, root, true);
  const run = compileAskingAhead(c, root);
  return {
    source,
    run,
    slots: scope.fn,
    blocks: c.blocks,
    exports: new Map([...scope.own()].filter(([name]) => !name.startsWith('_'))),
    parent:
      extension === undefined
        ? undefined
        : { template: c.plain(extension.template), site: c.site(extension) },
    changesData: changesData(root),
  };
}

/** Which template a template extends is read before it runs, so the tag may stand only at the top. */
function refuseNestedExtends(source: Source, node: object, top: boolean): void {
  for (const child of Object.values(node) as unknown[]) {
    if (Array.isArray(child) && top)
      for (const item of child) refuseNestedExtends(source, item as object, false);
    else if (typeof child === 'object' && child !== null) {
      const inner = child as Node;
      if (inner.typename === 'Extends')
        throw new RenderFailure(
          problemAt(source, inner, 'TEMPLATE_SYNTAX', "'extends' may only stand at the top of a template"),
        );
      refuseNestedExtends(source, inner, false);
    }
  }
}
