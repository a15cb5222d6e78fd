import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeAction, mapOf, textAt, toPlain } from '../../../src/core/index.ts';
import { decide } from '../../../src/engine/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { eventOf } from '../engine/events.ts';
import { loadShipped } from './cases.ts';

interface Case {
  readonly name: string;
  readonly tag: string;
  readonly data: Record<string, unknown>;
  /** Actions in short, in order; an empty list when nothing may be asked for. */
  readonly asks: readonly string[];
  /** Parts of the actions, by their number. */
  readonly details?: Readonly<Record<number, Record<string, unknown>>>;
}

interface Suite {
  readonly reactors: readonly string[];
  readonly cases: readonly Case[];
}

const suites = parse(
  readFileSync(fileURLToPath(new URL('./shipped.cases.yaml', import.meta.url)), 'utf8'),
) as Record<string, Suite>;

for (const [name, { reactors, cases }] of Object.entries(suites)) {
  describe.each(reactors)(`${name}: %s`, (path) => {
    const { ruleSet, problems } = loadShipped(path);

    it('has no problems', () => {
      expect(problems).toEqual([]);
      expect(ruleSet.rules.length).toBeGreaterThan(0);
    });

    it.each(cases)('$name', ({ tag, data, asks, details = {} }) => {
      const { decisions } = decide(ruleSet, emptyFlowState, eventOf(tag, data), 0);
      const actions = decisions.flatMap((decision) => decision.actions);
      expect(decisions.flatMap((decision) => decision.problems)).toEqual([]);
      const calls = actions.map((action) =>
        action.kind === 'runner' && action.fun === 'event.send'
          ? {
              kind: 'event' as const,
              tag: textAt(action.kwarg, 'tag'),
              data: action.kwarg.get('data') ?? null,
            }
          : action,
      );
      const short = (action: (typeof calls)[number]): string =>
        action.kind === 'event' ? `event ${action.tag}` : describeAction(action);
      // Salt's reactions run in the order of their names, ours as written.
      expect(calls.map(short).sort()).toEqual([...asks].sort());
      for (const [index, detail] of Object.entries(details)) {
        const call = calls.find((action) => short(action) === asks[Number(index)]);
        expect(toPlain(mapOf(call as unknown as Parameters<typeof mapOf>[0]))).toMatchObject(detail);
      }
    });
  });
}
