import { type Event, isMap } from '../src/core/index.ts';
import { decide } from '../src/engine/index.ts';
import { emptyFlowState } from '../src/flow/index.ts';
import { loadRules, type RuleFiles, type RuleSet } from '../src/rules/index.ts';
import { type BenchOptions, goal, type Row, rate } from './support/report.ts';
import { typicalData, typicalSls } from './support/sls.ts';

const map = `reactor:
  - salt/key:
    - /r/typical.sls
`;

const native = `rules:
  accepted:
    on: salt/key
    if: data.act == 'accept' and data.id.startswith('web')
    do:
      - local.state.apply: {tgt: '{{ data.id }}', args: [nginx]}
`;

const typical = 'that fires a typical SLS';

export const about =
  'One process, one decoded event of four fields, from its tag to its reactions: match, `if`, render, compile. The SLS ' +
  'has one condition and one state.apply with the event as pillar. One rule is loaded.';

/** Events decided a second by one process, from the tag to the reactions: match, render, compile. */
export async function run(options: BenchOptions): Promise<Row[]> {
  const rounds = options.quick ? { rounds: 1, roundMs: 20 } : { rounds: 7, roundMs: 300 };
  const cases = [
    [typical, rulesOf({ '/r/map.yaml': map, '/r/typical.sls': typicalSls }), 'salt/key'],
    ['that fires a native rule', rulesOf({ '/r/map.yaml': native }), 'salt/key'],
    ['that nothing watches', rulesOf({ '/r/map.yaml': native }), 'salt/other'],
  ] as const;
  return cases.map(([what, ruleSet, tag]) => {
    const event = eventOf(tag);
    const once = decide(ruleSet, emptyFlowState, event, 0).decisions;
    if (tag === 'salt/key' && once[0]?.actions.length !== 1) throw new Error(JSON.stringify(once));
    const value = rate(() => decide(ruleSet, emptyFlowState, event, 0), rounds);
    const row = { measure: `events decided, one ${what}`, value, unit: '/s' };
    const reached = `${Math.round(value).toLocaleString('en-US')} /s`;
    return what === typical ? { ...row, goal: goal('decide', value >= 50_000, reached) } : row;
  });
}

function rulesOf(texts: Readonly<Record<string, string>>): RuleSet {
  const files: RuleFiles = {
    read: (path) => texts[path] ?? null,
    glob: (pattern) => (pattern in texts ? [pattern] : []),
    list: () => [],
    isFolder: () => false,
  };
  const input = { reactors: ['/r/map.yaml'], fileRoots: {}, stepsMax: 1e6, bytesMax: 1e6, depthMax: 8 };
  const { ruleSet, problems } = loadRules(input, files);
  if (problems.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(problems));
  return ruleSet;
}

function eventOf(tag: string): Event {
  const data = isMap(typicalData) ? typicalData : new Map();
  return { id: 'bench-1', seq: 1, atMs: 0, tag, data, head: {} };
}
