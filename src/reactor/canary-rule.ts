import { unpackData } from '../bus/index.ts';
import { canaryPrefix, type EventBatch } from '../core/index.ts';
import { decide } from '../engine/index.ts';
import { emptyFlowState } from '../flow/index.ts';
import { loadRules, type RuleSet } from '../rules/index.ts';

const file = '/canary.yaml';
const text = `rules:
  canary:
    on: '${canaryPrefix}*'
    if: data.n > 0
    do:
      - event.send: {tag: '${canaryPrefix}passed', data: {n: '{{ data.n }}'}}
`;

let compiled: RuleSet | undefined;

/** The rule that decides canaries. It is compiled and decided as every other rule is. */
function ruleSet(): RuleSet {
  compiled ??= loadRules(
    { reactors: [file], fileRoots: {}, stepsMax: 1000, bytesMax: 10_000, depthMax: 1 },
    { read: (path) => (path === file ? text : null), glob: () => [], list: () => [], isFolder: () => false },
  ).ruleSet;
  return compiled;
}

/** What is wrong with the decision on a canary; null when it is as it must be. Its action is sent nowhere. */
export function decideCanary(batch: EventBatch, index: number, number: number, nowMs: number): string | null {
  const event = {
    id: `canary-${number}`,
    seq: batch.firstSeq + index,
    atMs: batch.atMs,
    tag: batch.tags[index] ?? '',
    data: unpackData(batch.bodies[index] ?? new Uint8Array()),
    head: {},
  };
  const [decision] = decide(ruleSet(), emptyFlowState, event, nowMs).decisions;
  const [action] = decision?.actions ?? [];
  if (action?.kind === 'event' && action.data.get('n') === number) return null;
  return `it was decided wrongly: ${decision?.reason ?? 'no rule matched'}`;
}
