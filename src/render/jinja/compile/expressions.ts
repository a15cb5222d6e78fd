import { didYouMean, type Value } from '../../../core/index.ts';
import { checkHashable, mapSet } from '../../python/index.ts';
import { globalNames, globalOf } from '../library/globals.ts';
import type { Expr, Node } from '../parse/index.ts';
import { getAttribute, getItem, getSlice } from '../run/access.ts';
import {
  add,
  concat,
  divide,
  floorDivide,
  modulo,
  multiply,
  negate,
  positive,
  power,
  subtract,
} from '../run/arithmetic.ts';
import { compare, contains, equals, isTrue, list, type OrderSign, pure, tuple } from '../run/convert.ts';
import { lookUp, type Names, type Runtime } from '../run/runtime.ts';
import { type PyValue, TemplateText, Undefined } from '../run/values.ts';
import { compileCall, compileFilter, compileTest } from './calls.ts';
import type { Compiler } from './compiler.ts';
import type { Evaluate, Frame } from './frame.ts';

type Rules = { readonly [K in Expr['typename']]: (c: Compiler, node: Node<K>, plain: boolean) => Evaluate };

const rules: Rules = {
  Literal: compileLiteral,
  Symbol: compileSymbol,
  Array: compileArray,
  Tuple: (c, node) => {
    const children = node.children.map((child) => c.flow(child));
    return (frame) => tuple(children.map((child) => child(frame)));
  },
  Dict: compileDict,
  Attribute: compileAttribute,
  LookupVal: compileLookup,
  Slice: (c, node) => {
    const at = c.site(node);
    return (frame) => {
      frame.rt.at = at;
      return frame.rt.typeError('a slice only has a meaning between brackets');
    };
  },
  FunCall: compileCall,
  Filter: compileFilter,
  Is: compileTest,
  InlineIf: compileInlineIf,
  Or: (c, node, plain) => {
    const [left, right] = both(c, node, plain);
    return (frame) => {
      const value = left(frame);
      return isTrue(frame.rt, value) ? value : right(frame);
    };
  },
  And: (c, node, plain) => {
    const [left, right] = both(c, node, plain);
    return (frame) => {
      const value = left(frame);
      return isTrue(frame.rt, value) ? right(frame) : value;
    };
  },
  Not: (c, node) => {
    const target = c.plain(node.target);
    return (frame) => !isTrue(frame.rt, target(frame));
  },
  Compare: compileCompare,
  BinOp: compileBinary,
  UnaryOp: (c, node, plain) => {
    const target = compileExpr(c, node.target, plain);
    const at = c.site(node);
    const run = node.operator === '-' ? negate : positive;
    return (frame) => {
      const value = target(frame);
      frame.rt.at = at;
      return run(frame.rt, value);
    };
  },
  Concat: (c, node, plain) => {
    const children = node.children.map((child) => compileExpr(c, child, plain));
    const at = c.site(node);
    return (frame) => {
      const values = children.map((child) => child(frame));
      frame.rt.at = at;
      return concat(frame.rt, values);
    };
  },
  NamespaceRef: () => () => null,
};

/** One expression as a closure. `plain`: string literals come as strings, not as author's text. */
export function compileExpr(c: Compiler, node: Expr, plain: boolean): Evaluate {
  const rule = rules[node.typename] as (c: Compiler, node: Expr, plain: boolean) => Evaluate;
  return rule(c, node, plain);
}

function both(c: Compiler, node: { left: Expr; right: Expr }, plain: boolean): [Evaluate, Evaluate] {
  return [compileExpr(c, node.left, plain), compileExpr(c, node.right, plain)];
}

function compileLiteral(_c: Compiler, node: Node<'Literal'>, plain: boolean): Evaluate {
  const { value } = node;
  const constant = typeof value === 'string' && !plain ? new TemplateText([value]) : value;
  return () => constant;
}

function compileSymbol(c: Compiler, node: Node<'Symbol'>): Evaluate {
  const name = node.value;
  const read = c.scope.reader(name);
  const builtIn = globalOf(name);
  const at = c.site(node);
  const missing = (frame: Frame): Undefined => {
    // It may be a variable that waits for a look-up: whatever would be done with it, nobody knows yet.
    if (frame.rt.pending !== null) throw frame.rt.pending;
    frame.rt.at = at;
    return new Undefined(`'${name}' is undefined`, () => nearName(c, frame.names, name));
  };
  if (read !== undefined)
    return (frame) => {
      const value = read(frame);
      if (value !== undefined) return value;
      return builtIn === undefined ? missing(frame) : builtIn;
    };
  return (frame) => {
    const value = lookUp(frame.names, name);
    if (value !== undefined) return value;
    if (builtIn !== undefined) return builtIn;
    return missing(frame);
  };
}

/** What Salt gives its templates and Brine does not. */
const saltOnly: ReadonlySet<string> = new Set(['opts', 'grains', 'pillar', 'env', 'proxy']);

function nearName(c: Compiler, scope: Names, name: string): string | undefined {
  if (saltOnly.has(name)) return `Brine does not offer Salt's '${name}' to templates`;
  const known = new Set([...c.scope.visible().keys(), ...globalNames()]);
  for (let names: Names | null = scope; names !== null; names = names.parent)
    for (const key of names.names.keys()) known.add(key);
  known.delete(name);
  const near = didYouMean(name, known);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}

/** A list of literals that is only looked at is made once. */
function compileArray(c: Compiler, node: Node<'Array'>, plain: boolean): Evaluate {
  if (plain && node.children.every((child) => child.typename === 'Literal')) {
    const constant = node.children.map((child) => (child as Node<'Literal'>).value);
    return () => constant;
  }
  const children = node.children.map((child) => compileExpr(c, child, plain));
  return (frame) => {
    frame.rt.spend(children.length);
    return list(children.map((child) => child(frame)));
  };
}

function compileDict(c: Compiler, node: Node<'Dict'>, plain: boolean): Evaluate {
  const pairs = node.pairs.map(([key, value]) => [c.plain(key), compileExpr(c, value, plain)] as const);
  const at = c.site(node);
  return (frame) => {
    frame.rt.spend(pairs.length);
    const map = new Map<Value, Value>();
    for (const [key, value] of pairs) {
      const made = pure(frame.rt, key(frame));
      if (typeof made === 'object') {
        frame.rt.at = at;
        checkHashable(made);
      }
      mapSet(map, made, value(frame) as Value);
    }
    return map;
  };
}

function compileAttribute(c: Compiler, node: Node<'Attribute'>): Evaluate {
  const target = c.flow(node.target);
  const at = c.site(node);
  const targetAt = c.site(node.target);
  const { name } = node;
  return (frame) => {
    const value = target(frame);
    frame.rt.at = value instanceof Undefined ? targetAt : at;
    return getAttribute(frame.rt, value, name);
  };
}

function compileLookup(c: Compiler, node: Node<'LookupVal'>): Evaluate {
  const target = c.flow(node.target);
  const at = c.site(node);
  if (node.val.typename === 'Slice') return compileSliceOf(c, target, node.val);
  const key = c.plain(node.val);
  const targetAt = c.site(node.target);
  return (frame) => {
    const value = target(frame);
    const wanted = key(frame);
    frame.rt.at = value instanceof Undefined ? targetAt : at;
    return getItem(frame.rt, value, wanted);
  };
}

function compileSliceOf(c: Compiler, target: Evaluate, node: Node<'Slice'>): Evaluate {
  const part = (expr: Expr | null): Evaluate => (expr === null ? () => null : c.plain(expr));
  const [start, stop, step] = [part(node.start), part(node.stop), part(node.step)];
  const at = c.site(node);
  return (frame) => {
    const value = target(frame);
    const parts = { start: start(frame), stop: stop(frame), step: step(frame) };
    frame.rt.at = at;
    return getSlice(frame.rt, value, parts);
  };
}

function compileInlineIf(c: Compiler, node: Node<'InlineIf'>, plain: boolean): Evaluate {
  const cond = c.plain(node.cond);
  const body = compileExpr(c, node.body, plain);
  const otherwise = node.else_ === null ? undefined : compileExpr(c, node.else_, plain);
  const at = c.site(node);
  return (frame) => {
    if (isTrue(frame.rt, cond(frame))) return body(frame);
    if (otherwise !== undefined) return otherwise(frame);
    frame.rt.at = at;
    return new Undefined('the inline if is false and has no else', undefined, true);
  };
}

type Relation = (rt: Runtime, left: PyValue, right: PyValue) => boolean;

function ordered(sign: OrderSign, holds: (order: number) => boolean): Relation {
  return (rt, left, right) => holds(compare(rt, left, right, sign));
}

const relations: Readonly<Record<string, Relation>> = {
  '==': equals,
  '!=': (rt, left, right) => !equals(rt, left, right),
  '<': ordered('<', (order) => order < 0),
  '<=': ordered('<=', (order) => order <= 0),
  '>': ordered('>', (order) => order > 0),
  '>=': ordered('>=', (order) => order >= 0),
  in: (rt, left, right) => contains(rt, right, left),
  'not in': (rt, left, right) => !contains(rt, right, left),
};

function compileCompare(c: Compiler, node: Node<'Compare'>): Evaluate {
  const first = c.plain(node.expr);
  const at = c.site(node);
  const steps = node.ops.map((op) => ({ holds: relations[op.type] as Relation, right: c.plain(op.expr) }));
  const [only] = steps;
  if (only !== undefined && steps.length === 1) {
    const { holds, right } = only;
    return (frame) => {
      const left = first(frame);
      const value = right(frame);
      frame.rt.at = at;
      return holds(frame.rt, left, value);
    };
  }
  return (frame) => {
    let left = first(frame);
    for (const { holds, right } of steps) {
      const value = right(frame);
      frame.rt.at = at;
      if (!holds(frame.rt, left, value)) return false;
      left = value;
    }
    return true;
  };
}

const operators: Readonly<Record<string, (rt: Runtime, left: PyValue, right: PyValue) => PyValue>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '//': floorDivide,
  '%': modulo,
  '**': power,
};

function compileBinary(c: Compiler, node: Node<'BinOp'>, plain: boolean): Evaluate {
  const [left, right] = both(c, node, plain);
  const at = c.site(node);
  const run = operators[node.operator] as (rt: Runtime, left: PyValue, right: PyValue) => PyValue;
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    frame.rt.at = at;
    return run(frame.rt, a, b);
  };
}
