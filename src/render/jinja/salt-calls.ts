import type { Problem } from '../../core/index.ts';
import { collect, type Source } from '../types.ts';
import { saltFunctions } from './library/salt/index.ts';
import {
  type Expr,
  type Node,
  parseExpressionText,
  parseTemplate,
  problemAt,
  type Target,
} from './parse/index.ts';

/** A call of `salt[…]` that is written out in a template and is not answered in place. */
export interface SaltCall {
  readonly fun: string;
  /** The first argument, when it is written out. */
  readonly first: string | undefined;
  /** The method that an HTTP request is written with. */
  readonly method: string | undefined;
  /** Data of the event may stand inside the text of a command. */
  readonly dataInCommand: boolean;
  /** That text goes to a shell. */
  readonly usesShell: boolean;
  /** A problem at its place. */
  at(code: string, message: string, hint: string): Problem;
}

/** The calls in a template or an expression; none when it does not parse, which its compiler tells. */
export function saltCalls(source: Source, kind: 'template' | 'expression'): readonly SaltCall[] {
  if (!/\bsalt\b/.test(source.text)) return [];
  const parsed = collect(() => (kind === 'template' ? parseTemplate(source) : parseExpressionText(source)));
  if (!parsed.ok) return [];
  const tainted = taintedNames(parsed.value);
  return nodesIn(parsed.value).flatMap((node) => {
    if (node.typename !== 'FunCall') return [];
    const fun = functionName(node.name);
    if (fun === undefined || saltFunctions.has(fun)) return [];
    return [callOf(fun, node, source, tainted)];
  });
}

function callOf(fun: string, node: Node<'FunCall'>, source: Source, tainted: ReadonlySet<string>): SaltCall {
  const { positional, keyword } = node.args;
  const named = (name: string): Expr | undefined => keyword.find(([key]) => key === name)?.[1];
  const command = fun.startsWith('cmd.') ? (positional[0] ?? named('cmd')) : undefined;
  return {
    fun,
    first: textOf(positional[0] ?? named('name') ?? named('fun')),
    method: textOf(named('method')),
    dataInCommand: command !== undefined && command.typename !== 'Array' && mentions(command, tainted),
    usesShell: fun === 'cmd.shell' || isTrue(named('python_shell')),
    at: (code, message, hint) => problemAt(source, node, code, message, hint),
  };
}

/** `mod.fn` of `salt['mod.fn']`, `salt.mod.fn` and `salt['mod']['fn']`. */
function functionName(callee: Expr): string | undefined {
  const steps: string[] = [];
  let at = callee;
  while (at.typename === 'Attribute' || at.typename === 'LookupVal') {
    const step = at.typename === 'Attribute' ? at.name : textOf(at.val as Expr);
    if (step === undefined) return undefined;
    steps.unshift(step);
    at = at.target;
  }
  const name = steps.join('.');
  return at.typename === 'Symbol' && at.value === 'salt' && /^\w+\.\w+$/.test(name) ? name : undefined;
}

function textOf(node: Expr | undefined): string | undefined {
  return node?.typename === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function isTrue(node: Expr | undefined): boolean {
  return node?.typename === 'Literal' && node.value === true;
}

/** The names that may hold something of the event: its own, and what is made of such names anywhere. */
function taintedNames(root: Node): ReadonlySet<string> {
  const tainted = new Set(['data', 'tag', 'event']);
  const nodes = nodesIn(root);
  for (let before = 0; before < tainted.size; ) {
    before = tainted.size;
    for (const node of nodes) {
      if (node.typename === 'Set' && mentions(node.value, tainted)) addNames(node.target, tainted);
      else if (node.typename === 'SetBlock' && mentions(node.body, tainted)) addNames(node.target, tainted);
      else if (node.typename === 'For' && mentions(node.arr, tainted)) addNames(node.name, tainted);
      else if (node.typename === 'With') {
        for (const [target, value] of node.bindings) if (mentions(value, tainted)) addNames(target, tainted);
      } else if (node.typename === 'Macro') for (const name of node.params.names) tainted.add(name);
    }
  }
  return tainted;
}

function addNames(target: Target, names: Set<string>): void {
  if (target.typename === 'Symbol') names.add(target.value);
  else if (target.typename === 'NamespaceRef') names.add(target.name);
  else for (const child of target.children) addNames(child as Target, names);
}

function mentions(node: object, names: ReadonlySet<string>): boolean {
  return nodesIn(node).some((each) => each.typename === 'Symbol' && names.has(each.value));
}

/** A tree's nodes, itself first. */
function nodesIn(node: object): Node[] {
  const own = 'typename' in node ? [node as Node] : [];
  const children = Object.values(node).filter(
    (child: unknown): child is object => typeof child === 'object' && child !== null,
  );
  return [...own, ...children.flatMap(nodesIn)];
}
