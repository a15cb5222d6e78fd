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
import { refuseTextArgs } from '../yaml/index.ts';
import { PlanCache } from './cache.ts';
import { Collector } from './collector.ts';
import { readJson } from './json.ts';
import { pipeOf, unknownRenderer } from './renderers.ts';
import { readToml } from './toml.ts';

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

/** Makes the high data out of what a template put out. */
interface Reader {
  readonly read: (collected: Collector) => Value;
  readonly lineOf: (id: string) => number | undefined;
}

/**
 * Compiles an SLS file: Jinja that makes YAML, JSON or TOML, as a prepared statement, so that what data holds is never
 * read as either. A first line such as `#!jinja|yaml`, `#!yaml` or `#!jinja|json` chooses the renderers; those
 * that Brine does not have are problems.
 */
export function compileSls(source: Source, env: RenderEnv): Rendered<SlsTemplate> {
  const pipe = pipeOf(source.text);
  const reader = readerOf(pipe.at(-1)?.name, source);
  const isKnown =
    pipe.length === 1 || (pipe.length === 2 && pipe[0]?.name === 'jinja' && pipe[0].options === '');
  if (reader === undefined || !isKnown) return { ok: false, problems: [unknownRenderer(source, pipe)] };
  return pipe.length > 1 ? compileJinja(source, env, reader) : compilePlain(source, reader);
}

function readerOf(format: string | undefined, source: Source): Reader | undefined {
  if (format === 'json') return otherReader((collected) => readJson(collected, source), source);
  if (format === 'toml') return otherReader((collected) => readToml(collected, source), source);
  if (format !== 'yaml') return undefined;
  const cache = new PlanCache(source);
  return {
    read: (collected) => cache.plan(collected).build(collected),
    lineOf: (id) => cache.lineOf(id),
  };
}

/** For formats whose places are not known once they are read. */
function otherReader(read: (collected: Collector) => Value, source: Source): Reader {
  const place = { file: source.file, line: source.line ?? 1, column: source.column ?? 1, source: '' };
  const checked = (collected: Collector): Value => {
    const high = read(collected);
    if (collected.values.length > 0) refuseTextArgs(high, () => place);
    return high;
  };
  return { read: checked, lineOf: () => undefined };
}

function compileJinja(source: Source, env: RenderEnv, reader: Reader): Rendered<SlsTemplate> {
  const template = compileTemplate(source, env);
  if (!template.ok) return template;
  return {
    ok: true,
    value: {
      render: (context, notes) =>
        collectDeep(source, () => {
          const collector = new Collector(notes);
          template.value.run(context, collector, notes);
          // The file's own last line break is no part of the template: no tag at the end can take it away.
          if (source.text.endsWith('\n')) collector.text('\n');
          return highData(reader.read(collector));
        }),
      lineOf: reader.lineOf,
    },
  };
}

/** A file without Jinja yields the same each time, in copies of its own. */
function compilePlain(source: Source, reader: Reader): Rendered<SlsTemplate> {
  const collector = new Collector();
  collector.text(source.text);
  return collect(() => {
    reader.read(collector);
    return {
      render: () => collect(() => highData(reader.read(collector))),
      lineOf: reader.lineOf,
    };
  });
}

function highData(value: Value): Value {
  return truthy(value) ? value : new Map();
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
