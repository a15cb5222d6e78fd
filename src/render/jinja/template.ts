import type { Problem } from '../../core/index.ts';
import { type Context, collect, type RenderEnv, type Rendered, type Source } from '../types.ts';
import { runUnit, Units } from './compile/running.ts';
import { compileUnit } from './compile/unit.ts';
import { methods } from './library/methods/index.ts';
import { contextNames, Runtime, type Site } from './run/runtime.ts';
import type { Sink } from './sink.ts';

/** A compiled template. */
export interface JinjaTemplate {
  /**
   * Puts the output for the context into the sink, and what its author wants to be told into `notes`. Throws a
   * RenderFailure with the place of what went wrong.
   */
  run(context: Context, sink: Sink, notes?: Problem[]): void;
}

/**
 * Compiles a template once into closures; running it parses nothing. Jinja2's language with Python's values;
 * nothing in it reaches JavaScript. Never throws.
 */
export function compileTemplate(source: Source, env: RenderEnv): Rendered<JinjaTemplate> {
  return collect(() => {
    const unit = compileUnit(source);
    const units = new Units(env, compileUnit);
    const start: Site = { source, lineno: 0, colno: 0 };
    return {
      run: (context: Context, sink: Sink, notes?: Problem[]): void => {
        const names = contextNames(context, unit.changesData);
        const rt = new Runtime(env, methods, names, start, notes, context.desk);
        try {
          runUnit(unit, rt, names, sink, units);
        } catch (error) {
          throw rt.failureOf(error);
        }
      },
    };
  });
}
