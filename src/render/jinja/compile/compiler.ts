import type { Source } from '../../types.ts';
import type { At, Body, Expr, Stmt } from '../parse/index.ts';
import { lookUp, type Site } from '../run/runtime.ts';
import type { Sink } from '../sink.ts';
import { type CompiledBlock, type Evaluate, type Execute, type Frame, goOn, type Signal } from './frame.ts';
import { assignedNames, type Read, type Scope } from './scope.ts';

/** How each kind of node compiles; passed in, because those rules compile their children with this class. */
export interface Rules {
  expression(c: Compiler, node: Expr, plain: boolean): Evaluate;
  statement(c: Compiler, node: Stmt): Execute;
}

/** What one template's compilation collects beside its closures. */
export class Compiler {
  readonly source: Source;
  readonly rules: Rules;
  readonly scope: Scope;
  readonly blocks: Map<string, CompiledBlock>;

  constructor(source: Source, rules: Rules, scope: Scope, blocks: Map<string, CompiledBlock> = new Map()) {
    this.source = source;
    this.rules = rules;
    this.scope = scope;
    this.blocks = blocks;
  }

  in(scope: Scope): Compiler {
    return new Compiler(this.source, this.rules, scope, this.blocks);
  }

  site(at: At): Site {
    return { source: this.source, lineno: at.lineno, colno: at.colno };
  }

  /** An expression whose value flows on: string literals stay author's text. */
  flow(node: Expr): Evaluate {
    return this.rules.expression(this, node, false);
  }

  /** An expression whose value is only looked at: string literals are plain strings. */
  plain(node: Expr): Evaluate {
    return this.rules.expression(this, node, true);
  }

  /** A body in a scope of its own: each name that it assigns starts with its value from outside. */
  body(body: Body): Execute {
    const declared = this.declare(body);
    const run = this.statements(body);
    if (declared.length === 0) return run;
    return (frame, sink) => {
      for (const { slot, outer } of declared) frame.vars[slot] = outer(frame);
      return run(frame, sink);
    };
  }

  declare(body: Body): { slot: number; outer: Read }[] {
    const names = [...assignedNames(body)].filter((name) => !this.scope.own().has(name));
    const outers = names.map((name) => this.outerReader(name));
    return names.map((name, at) => ({ slot: this.scope.declare(name), outer: outers[at] as Read }));
  }

  /** Reads a name as the scope sees it before it declares it itself; undefined when it has no value. */
  outerReader(name: string): Read {
    return this.scope.reader(name) ?? ((frame) => lookUp(frame.names, name));
  }

  /** Statements one after the other, in the scope that is there. */
  statements(body: Body): Execute {
    const steps = body.children.map((child) => this.rules.statement(this, child));
    return sequence(steps);
  }
}

function sequence(steps: readonly Execute[]): Execute {
  if (steps.length === 1 && steps[0] !== undefined) return steps[0];
  return (frame: Frame, sink: Sink): Signal => {
    for (const step of steps) {
      const signal = step(frame, sink);
      if (signal !== goOn) return signal;
    }
    return goOn;
  };
}
