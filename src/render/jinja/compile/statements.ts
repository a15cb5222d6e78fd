import type { Node, Stmt } from '../parse/index.ts';
import { isTrue } from '../run/convert.ts';
import { compileAssign, compileAssignBlock, compileLoad, compileWith } from './assign.ts';
import type { Compiler } from './compiler.ts';
import { breakLoop, continueLoop, type Execute, goOn } from './frame.ts';
import { compileFor } from './loops.ts';
import { compileCallBlock, compileMacro } from './macros.ts';
import {
  compileBlock,
  compileExtends,
  compileFromImport,
  compileImport,
  compileImportData,
  compileInclude,
} from './modules.ts';
import { compileFilterBlock, compileOutput, literal } from './output.ts';

type Rules = { readonly [K in Stmt['typename']]: (c: Compiler, node: Node<K>) => Execute };

const rules: Rules = {
  TemplateData: (_c, node) => literal(node.value),
  Output: compileOutput,
  NodeList: (c, node) => c.statements(node),
  If: compileIf,
  For: compileFor,
  Set: compileAssign,
  SetBlock: compileAssignBlock,
  Macro: compileMacro,
  CallBlock: compileCallBlock,
  FilterBlock: compileFilterBlock,
  With: compileWith,
  Do: (c, node) => {
    const value = c.flow(node.value);
    return (frame) => {
      value(frame);
      return goOn;
    };
  },
  Break: () => () => breakLoop,
  Continue: () => () => continueLoop,
  Block: compileBlock,
  Extends: compileExtends,
  Include: compileInclude,
  Import: compileImport,
  FromImport: compileFromImport,
  Load: compileLoad,
  ImportData: compileImportData,
};

export function compileStatement(c: Compiler, node: Stmt): Execute {
  const rule = rules[node.typename] as (c: Compiler, node: Stmt) => Execute;
  return rule(c, node);
}

function compileIf(c: Compiler, node: Node<'If'>): Execute {
  const cond = c.plain(node.cond);
  const at = c.site(node.cond);
  const body = c.statements(node.body);
  const { else_ } = node;
  const otherwise =
    else_ === null ? undefined : else_.typename === 'If' ? compileIf(c, else_) : c.statements(else_);
  return (frame, sink) => {
    frame.rt.at = at;
    if (isTrue(frame.rt, cond(frame))) return body(frame, sink);
    return otherwise === undefined ? goOn : otherwise(frame, sink);
  };
}
