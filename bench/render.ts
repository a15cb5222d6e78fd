import type { Value } from '../src/core/index.ts';
import { compileLeaf, compileSls, loadYaml, type RenderEnv } from '../src/render/index.ts';
import { renderings } from './support/corpus.ts';
import { type BenchOptions, median, percentile, type Row, rate, show } from './support/report.ts';
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
    ...corpusRows(options),
  ];
}

/** The same for every file and event of the differential suite's corpus, each measured on its own. */
function corpusRows({ quick }: BenchOptions): Row[] {
  const rounds = quick ? { rounds: 1, roundMs: 1 } : { rounds: 3, roundMs: 6 };
  const cases = renderings().filter((_each, index) => !quick || index % 50 === 0);
  const measured = cases.map(({ name, asks, prepared, parsed }) => {
    const [first, second] = [rate(prepared, rounds), rate(parsed, rounds)];
    return { name, asks, prepared: first, parsed: second, ratio: first / second };
  });
  const ratios = measured.map(({ ratio }) => ratio);
  const lowest = [...measured].sort((a, b) => a.ratio - b.ratio)[0];
  const asking = measured.filter(({ asks }) => asks).map(({ ratio }) => ratio);
  const spread = `ratio p10 ${show(percentile(ratios, 10))}, p90 ${show(percentile(ratios, 90))}`;
  return [
    {
      measure: `memoised renders, median of ${measured.length} cases of the corpus`,
      value: median(measured.map(({ prepared }) => prepared)),
      unit: '/s',
      against: 'rendering the text and parsing its YAML each time',
      ratio: median(ratios),
      note: `${spread}, median of the ${asking.length} that ask for something ${show(median(asking))}, lowest ${show(lowest?.ratio ?? Number.NaN)} (${lowest?.name})`,
    },
    {
      measure: 'texts rendered and parsed, median of the same',
      value: median(measured.map(({ parsed }) => parsed)),
      unit: '/s',
    },
  ];
}

function must<T>(result: { ok: true; value: T } | { ok: false; problems: readonly unknown[] }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}
