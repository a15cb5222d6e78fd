import type { Value } from '../src/core/index.ts';
import { compileLeaf, compileSls, loadYaml, type RenderEnv } from '../src/render/index.ts';
import { type BenchOptions, type Row, rate } from './support/report.ts';
import { renderedSls, typicalData, typicalSls } from './support/sls.ts';

const env: RenderEnv = { stepsMax: 1_000_000, bytesMax: 1_000_000, load: () => null };

/** Renders a second of a typical SLS and of a native leaf, against parsing the SLS's YAML for each event. */
export async function run(options: BenchOptions): Promise<Row[]> {
  const rounds = options.quick ? { rounds: 1, roundMs: 20 } : { rounds: 7, roundMs: 300 };
  const context = new Map<string, Value>([
    ['tag', 'salt/key'],
    ['data', typicalData],
  ]);
  const template = must(compileSls({ file: 'bench.sls', text: typicalSls }, env));
  const leaf = must(compileLeaf({ file: 'bench.yaml', text: 'restart {{ data.id }} now' }, env));
  const prepared = rate(() => must(template.render(context)), rounds);
  const parsed = rate(() => must(loadYaml({ file: 'bench.sls', text: renderedSls })), rounds);
  const native = rate(() => must(leaf.build(context)), rounds);
  const against = 'parsing the rendered YAML each time';
  return [
    { measure: 'SLS renders', value: prepared, unit: '/s', against, ratio: prepared / parsed },
    { measure: 'YAML parses of the rendered SLS', value: parsed, unit: '/s' },
    { measure: 'native leaves built', value: native, unit: '/s' },
  ];
}

function must<T>(result: { ok: true; value: T } | { ok: false; problems: readonly unknown[] }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}
