import type { Body, Expr, Stmt, Target } from '../parse/index.ts';
import type { PyValue } from '../run/values.ts';
import type { Frame } from './frame.ts';

/** The slots of one function of a template; its nested scopes share them. */
export class FunctionSlots {
  readonly parent: Scope | null;
  count = 0;

  constructor(parent: Scope | null) {
    this.parent = parent;
  }
}

export type Read = (frame: Frame) => PyValue | undefined;

/** One lexical scope: the template, a loop's body, a macro's body … */
export class Scope {
  readonly fn: FunctionSlots;
  readonly parent: Scope | null;
  readonly #slots = new Map<string, number>();

  constructor(fn: FunctionSlots, parent: Scope | null) {
    this.fn = fn;
    this.parent = parent;
  }

  /** A scope inside this one, in the same function. */
  inner(): Scope {
    return new Scope(this.fn, this);
  }

  /** The scope of a function that is defined here. */
  function(): Scope {
    return new Scope(new FunctionSlots(this), null);
  }

  declare(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.fn.count;
    this.fn.count += 1;
    this.#slots.set(name, slot);
    return slot;
  }

  own(): ReadonlyMap<string, number> {
    return this.#slots;
  }

  /** How to read a name that some scope around declares; undefined when none does. */
  reader(name: string): Read | undefined {
    let hops = 0;
    for (const scope of this.#outwards()) {
      const slot = scope.#slots.get(name);
      if (slot !== undefined) return readerOf(hops, slot);
      if (scope.parent === null) hops += 1;
    }
    return undefined;
  }

  #outwards(): Scope[] {
    const around = this.parent ?? this.fn.parent;
    return around === null ? [this] : [this, ...around.#outwards()];
  }

  /** Every name that this place can see in a slot, with its reader. */
  visible(): Map<string, Read> {
    const found = new Map<string, Read>();
    for (const scope of this.#outwards())
      for (const name of scope.#slots.keys()) {
        const read = this.reader(name);
        if (!found.has(name) && read !== undefined) found.set(name, read);
      }
    return found;
  }
}

function readerOf(hops: number, slot: number): Read {
  if (hops === 0) return (frame) => frame.vars[slot];
  if (hops === 1) return (frame) => frame.up?.vars[slot];
  return (frame) => {
    let at: Frame | null = frame;
    for (let hop = 0; hop < hops && at !== null; hop += 1) at = at.up;
    return at?.vars[slot];
  };
}

/** The names that the statements assign in their own scope; loops and macros keep theirs to themselves. */
export function assignedNames(body: Body): Set<string> {
  const names = new Set<string>();
  for (const statement of body.children) collect(statement, names);
  return names;
}

function collect(node: Stmt, names: Set<string>): void {
  switch (node.typename) {
    case 'Set':
    case 'SetBlock':
      targetNames(node.target, names);
      break;
    case 'Macro':
      names.add(node.name);
      break;
    case 'Import':
    case 'Load':
    case 'ImportData':
      names.add(node.target);
      break;
    case 'FromImport':
      for (const [, alias] of node.names) names.add(alias);
      break;
    case 'NodeList':
      for (const child of node.children) collect(child, names);
      break;
    case 'If':
      for (const child of node.body.children) collect(child, names);
      if (node.else_?.typename === 'If') collect(node.else_, names);
      else for (const child of node.else_?.children ?? []) collect(child, names);
      break;
    default:
      break;
  }
}

export function targetNames(target: Target, names: Set<string>): void {
  if (target.typename === 'Symbol') names.add(target.value);
  else if (target.typename === 'Tuple')
    for (const child of target.children) targetNames(child as Target, names);
}

/** Whether a tree reads a name anywhere, nested functions included. */
export function mentions(node: object, name: string): boolean {
  const expr = node as Expr;
  if (expr.typename === 'Symbol') return expr.value === name;
  return Object.values(node).some(
    (child: unknown) => typeof child === 'object' && child !== null && mentions(child, name),
  );
}
