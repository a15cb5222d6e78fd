import nodes, { type NodeClass } from 'nunjucks/src/nodes.js';
import type { Value } from '../../../core/index.ts';

/** Where a node starts; both count from 0, as nunjucks' tokens do. */
export interface At {
  readonly lineno: number;
  readonly colno: number;
}

export interface CallArgs {
  readonly positional: readonly Expr[];
  readonly keyword: readonly (readonly [string, Expr])[];
  readonly star: Expr | null;
  readonly doubleStar: Expr | null;
}

interface Shapes {
  // expressions
  Literal: { value: Value };
  Symbol: { value: string };
  Array: { children: Expr[] };
  Tuple: { children: Expr[] };
  Dict: { pairs: (readonly [Expr, Expr])[] };
  Attribute: { target: Expr; name: string };
  LookupVal: { target: Expr; val: Expr };
  Slice: { start: Expr | null; stop: Expr | null; step: Expr | null };
  FunCall: { name: Expr; args: CallArgs };
  /** target null: inside a filter block, where the captured text comes in. */
  Filter: { name: string; target: Expr | null; args: CallArgs };
  Is: { target: Expr; name: string; args: CallArgs };
  InlineIf: { cond: Expr; body: Expr; else_: Expr | null };
  Or: { left: Expr; right: Expr };
  And: { left: Expr; right: Expr };
  Not: { target: Expr };
  Compare: { expr: Expr; ops: { readonly type: string; readonly expr: Expr }[] };
  BinOp: { operator: string; left: Expr; right: Expr };
  UnaryOp: { operator: string; target: Expr };
  Concat: { children: Expr[] };
  // targets of set and for
  NamespaceRef: { name: string; attribute: string };
  // statements
  TemplateData: { value: string };
  Output: { children: Expr[] };
  NodeList: { children: Stmt[] };
  Root: { children: Stmt[] };
  If: { cond: Expr; body: Body; else_: Body | Node<'If'> | null };
  For: { name: Target; arr: Expr; test: Expr | null; recursive: boolean; body: Body; else_: Body | null };
  Set: { target: Target; value: Expr };
  SetBlock: { target: Target; filter: Expr | null; body: Body };
  Macro: { name: string; params: Params; body: Body };
  CallBlock: { call: Node<'FunCall'>; params: Params; body: Body };
  FilterBlock: { filter: Expr; body: Body };
  With: { bindings: (readonly [Target, Expr])[]; body: Body };
  Do: { value: Expr };
  Break: object;
  Continue: object;
  Block: { name: string; scoped: boolean; required: boolean; body: Body };
  Extends: { template: Expr };
  Include: { template: Expr; ignoreMissing: boolean; withContext: boolean };
  Import: { template: Expr; target: string; withContext: boolean };
  FromImport: { template: Expr; names: (readonly [string, string])[]; withContext: boolean };
  Load: { format: string; target: string; body: Body };
  ImportData: { format: string; template: Expr; target: string; withContext: boolean };
}

export interface Params {
  readonly names: readonly string[];
  /** The defaults of the last parameters. */
  readonly defaults: readonly Expr[];
}

export type NodeType = keyof Shapes;
export type Node<T extends NodeType = NodeType> = { [K in T]: { readonly typename: K } & Shapes[K] & At }[T];
export type Body = Node<'NodeList' | 'Root'>;
export type Target = Node<'Symbol' | 'Tuple' | 'NamespaceRef'>;
export type Expr = Node<
  | 'Literal'
  | 'Symbol'
  | 'Array'
  | 'Tuple'
  | 'Dict'
  | 'Attribute'
  | 'LookupVal'
  | 'Slice'
  | 'FunCall'
  | 'Filter'
  | 'Is'
  | 'InlineIf'
  | 'Or'
  | 'And'
  | 'Not'
  | 'Compare'
  | 'BinOp'
  | 'UnaryOp'
  | 'Concat'
  | 'NamespaceRef'
>;
export type Stmt = Node<
  | 'TemplateData'
  | 'Output'
  | 'NodeList'
  | 'If'
  | 'For'
  | 'Set'
  | 'SetBlock'
  | 'Macro'
  | 'CallBlock'
  | 'FilterBlock'
  | 'With'
  | 'Do'
  | 'Break'
  | 'Continue'
  | 'Block'
  | 'Extends'
  | 'Include'
  | 'Import'
  | 'FromImport'
  | 'Load'
  | 'ImportData'
>;

/** What Jinja has and nunjucks lacks, as nunjucks node classes. */
const added: Readonly<Record<string, readonly string[]>> = {
  Tuple: ['children'],
  Attribute: ['target', 'name'],
  Slice: ['start', 'stop', 'step'],
  NamespaceRef: ['name', 'attribute'],
  SetBlock: ['target', 'filter', 'body'],
  CallBlock: ['call', 'params', 'body'],
  FilterBlock: ['filter', 'body'],
  With: ['bindings', 'body'],
  Do: ['value'],
  Break: [],
  Continue: [],
  Load: ['format', 'target', 'body'],
  ImportData: ['format', 'template', 'target', 'withContext'],
  // nunjucks gives its abstract operator classes no name of their own
  BinOp: ['operator', 'left', 'right'],
  UnaryOp: ['operator', 'target'],
};

const classes = new Map<string, NodeClass>(
  Object.entries(added).map(([type, fields]) => [type, nodes.Node.extend(type, { fields: [...fields] })]),
);

/** A node of nunjucks' class for `type`, with its fields. */
export function build<T extends NodeType>(type: T, at: At, fields: Shapes[T]): Node<T> {
  const NodeType = classes.get(type) ?? nodes[type];
  if (NodeType === undefined) throw new TypeError(`no node class ${type}`);
  return Object.assign(new NodeType(at.lineno, at.colno), fields) as Node<T>;
}
