import type { Problem, Value } from '../../core/index.ts';
import { compileTemplate } from '../jinja/template.ts';
import { truthy } from '../python/index.ts';
import {
  type Context,
  collect,
  type RenderEnv,
  type Rendered,
  RenderFailure,
  type Source,
} from '../types.ts';
import { loadYaml } from '../yaml/index.ts';
import { PlanCache } from './cache.ts';
import { Collector } from './collector.ts';

/** A reactor file, ready to be rendered for any event. */
export interface SlsTemplate {
  /**
   * High data: a map unless the file makes something else; an empty map when it makes nothing. Warnings and
   * what the template logs go to `notes`.
   */
  render(context: Context, notes?: Problem[]): Rendered<Value>;
  /** The line of a reaction's ID, when a past render had it. */
  lineOf(id: string): number | undefined;
}

/**
 * Compiles an SLS file: Jinja that makes YAML, as a prepared statement, so that what data holds is never read
 * as YAML. A first line `#!jinja|yaml` or `#!yaml` chooses the renderer; others are problems.
 */
export function compileSls(source: Source, env: RenderEnv): Rendered<SlsTemplate> {
  const renderer = rendererOf(source.text);
  if (renderer === 'yaml') return compileYaml(source);
  if (renderer !== 'jinja|yaml') return { ok: false, problems: [unknownRenderer(source, renderer)] };
  const template = compileTemplate(source, env);
  if (!template.ok) return template;
  const cache = new PlanCache(source);
  return {
    ok: true,
    value: {
      render: (context, notes) =>
        collectDeep(source, () => {
          const collector = new Collector(notes);
          template.value.run(context, collector, notes);
          const value = cache.plan(collector).build(collector);
          return truthy(value) ? value : new Map();
        }),
      lineOf: (id) => cache.lineOf(id),
    },
  };
}

function collectDeep(source: Source, step: () => Value): Rendered<Value> {
  return collect(() => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const place = { file: source.file, line: source.line ?? 1, column: source.column ?? 1 };
      const message = 'The data is nested too deeply, or the template calls itself too often.';
      throw new RenderFailure({ code: 'RENDER_TOO_DEEP', severity: 'error', message, ...place });
    }
  });
}

function compileYaml(source: Source): Rendered<SlsTemplate> {
  const loaded = loadYaml(source);
  if (!loaded.ok) return loaded;
  const cache = new PlanCache(source);
  const collector = new Collector();
  collector.text(source.text);
  return collect(() => {
    const plan = cache.plan(collector);
    return {
      render: () =>
        collect(() => {
          const value = plan.build(collector);
          return truthy(value) ? value : new Map();
        }),
      lineOf: (id) => cache.lineOf(id),
    };
  });
}

/** The renderers that the first line asks for, without their options; Salt's default when it asks for none. */
function rendererOf(text: string): string {
  const first = /^#!(?!\/)(.*)/.exec(text)?.[1]?.trim();
  if (first === undefined || first === '') return 'jinja|yaml';
  return first
    .split('|')
    .map((part) => part.trim().split(/\s+/)[0])
    .join('|');
}

function unknownRenderer(source: Source, renderer: string): Problem {
  const python = renderer.split('|').includes('py');
  return {
    code: 'SLS_RENDERER',
    severity: 'error',
    message: `The renderer '${renderer}' is not supported.`,
    hint: python
      ? "Write the reaction as Jinja and YAML or as a native rule, and what needs code as an operator's module."
      : "Use '#!jinja|yaml' or '#!yaml'.",
    file: source.file,
    line: source.line ?? 1,
    column: 1,
    source: source.text.split(/\r?\n/, 1)[0] ?? '',
  };
}
