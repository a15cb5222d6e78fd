import type { Value } from '../../core/index.ts';
import { type Context, collect, type RenderEnv, type Rendered, type Source } from '../types.ts';
import { Frame } from './compile/frame.ts';
import { Units } from './compile/running.ts';
import { compilerFor, compileUnit, compiling } from './compile/unit.ts';
import { changesData } from './compile/unit-facts.ts';
import { methods } from './library/methods/index.ts';
import { parseExpressionText } from './parse/index.ts';
import { pure } from './run/convert.ts';
import { contextNames, Runtime } from './run/runtime.ts';
import { PyObject, type PyValue } from './run/values.ts';

/** A compiled expression, as native rules write them in `if` and `vars`. */
export interface Expression {
  readonly text: string;
  /** The value for the context, or why there is none. Never throws for what the expression or its data does. */
  evaluate(context: Context): Rendered<Value>;
}

/** Compiles an expression of the template language, without `{{ }}` around it. Never throws. */
export function compileExpression(source: Source, env: RenderEnv): Rendered<Expression> {
  return collect(() => {
    const [evaluate, copies] = compiling(source, () => {
      const node = parseExpressionText(source);
      return [compilerFor(source).flow(node), changesData(node)];
    });
    const units = new Units(env, compileUnit);
    const program = { blocks: new Map(), load: units.load };
    const start = { source, lineno: 0, colno: 0 };
    return {
      text: source.text,
      evaluate: (context: Context): Rendered<Value> =>
        collect(() => {
          const names = contextNames(context, copies);
          const rt = new Runtime(env, methods, names, start, undefined, context.desk);
          try {
            return result(rt, evaluate(new Frame(rt, [], null, names, program)));
          } catch (error) {
            throw rt.failureOf(error);
          }
        }),
    };
  });
}

/** What only templates have becomes data: views, ranges and generators are lists. */
function result(rt: Runtime, value: PyValue): Value {
  const items = value instanceof PyObject ? value.items(rt) : undefined;
  return pure(rt, items === undefined ? value : ([...items] as Value[]));
}
