import { compileLeaf, compileSls, loadYaml, type RenderEnv } from '../src/render/index.ts';
import { fromPlain, type Value } from '../src/core/index.ts';
import { type BenchOptions, type Row, rate } from './support/report.ts';

const sls = `{% if data['act'] == 'accept' and data['id'].startswith('web') %}
highstate_run:
  local.state.apply:
    - tgt: {{ data['id'] }}
    - args:
      - mods: nginx
      - pillar:
          event_tag: {{ tag }}
          event_data: {{ data | json }}
{% endif %}
`;

/** What the template above yields for the event below, as text: the work that memoising saves. */
const rendered = `
highstate_run:
  local.state.apply:
    - tgt: web1.example.com
    - args:
      - mods: nginx
      - pillar:
          event_tag: salt/key
          event_data: {"_stamp": "2026-11-22T14:35:54.779633", "act": "accept", "id": "web1.example.com", "result": true}
`;

const env: RenderEnv = { stepsMax: 1_000_000, bytesMax: 1_000_000, load: () => null };

/** Renders a second of a typical SLS and of a native leaf, against parsing the SLS's YAML for each event. */
export function run(options: BenchOptions): Row[] {
  const rounds = options.quick ? { rounds: 1, roundMs: 20 } : { rounds: 7, roundMs: 300 };
  const context = new Map<string, Value>([
    ['tag', 'salt/key'],
    [
      'data',
      fromPlain({ result: true, act: 'accept', id: 'web1.example.com', _stamp: '2026-11-22T14:35:54.779633' }),
    ],
  ]);
  const template = must(compileSls({ file: 'bench.sls', text: sls }, env));
  const leaf = must(compileLeaf({ file: 'bench.yaml', text: 'restart {{ data.id }} now' }, env));
  must(template.render(context));
  const prepared = rate(() => must(template.render(context)), rounds);
  const parsed = rate(() => must(loadYaml({ file: 'bench.sls', text: rendered })), rounds);
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
