import { type Problem, PyFloat, PyTuple, type Value } from '../../../../src/core/index.ts';
import type { Sink } from '../../../../src/render/jinja/sink.ts';
import { compileTemplate } from '../../../../src/render/jinja/template.ts';
import { pyStr } from '../../../../src/render/python/index.ts';
import { type RenderEnv, RenderFailure } from '../../../../src/render/types.ts';

/** What a template put out: joined as text, and call by call. */
export class Recorder implements Sink {
  out = '';
  readonly calls: [string, Value][] = [];

  text(literal: string): void {
    this.out += literal;
    if (literal !== '') this.calls.push(['text', literal]);
  }

  value(value: Value): void {
    this.out += pyStr(value);
    this.calls.push(['value', value]);
  }

  serialised(value: Value, text: string): void {
    this.out += text;
    this.calls.push(['serialised', value]);
  }
}

export function map(entries: Record<string, Value>): Map<Value, Value> {
  return new Map(Object.entries(entries));
}

/** The data that the tables of cases are written for; made anew for each render. */
export function sample(): Map<string, Value> {
  const user = (name: string, age: number, group: string, active: boolean): Value =>
    map({ name, age, group, active });
  return new Map<string, Value>([
    ['s', 'hello'],
    ['l', [1, 2, 3]],
    ['t', new PyTuple([1, 2, 9])],
    ['u', 'h\u00e9\u{1f600}x'],
    ['d', map({ a: 1, b: map({ c: 'x', l: ['p', 'q'] }), _stamp: 'now', n: null })],
    ['nested', [map({ a: [1, new PyTuple([2, 3]), map({ z: null })] }), 'x']],
    ['users', [user('bob', 30, 'x', true), user('ann', 20, 'y', false), user('cid', 25, 'x', true)]],
    ['tag', 'salt/minion/web1'],
    ['dd', map({ items: 5, keys: [1] })],
    ['nan', new PyFloat(Number.NaN)],
    ['inf', new PyFloat(Number.POSITIVE_INFINITY)],
    ['bytes', Uint8Array.from([97, 0, 39, 98])],
  ]);
}

export interface Options {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Partial<RenderEnv>;
  readonly context?: ReadonlyMap<string, Value>;
}

function environment({ files = {}, env = {} }: Options): RenderEnv {
  const load = (path: string): { file: string; text: string } | null => {
    const text = files[path];
    return text === undefined ? null : { file: path, text };
  };
  return { stepsMax: 100_000, bytesMax: 1_000_000, load, ...env };
}

/** Renders and gives what the sink got, or the problem. */
export function run(text: string, options: Options = {}): Recorder | Problem {
  const template = compileTemplate({ file: 'test.sls', text }, environment(options));
  if (!template.ok) return template.problems[0] as Problem;
  const recorder = new Recorder();
  try {
    template.value.run(options.context ?? sample(), recorder);
  } catch (error) {
    if (error instanceof RenderFailure) return error.problem;
    throw error;
  }
  return recorder;
}

export function render(text: string, options: Options = {}): string {
  const result = run(text, options);
  return result instanceof Recorder ? result.out : `${result.code}: ${result.message}`;
}

export function problemOf(text: string, options: Options = {}): Problem {
  const result = run(text, options);
  if (result instanceof Recorder) throw new Error(`rendered: ${result.out}`);
  return result;
}
