import { expect, it } from 'vitest';
import { describeAction } from '../../../src/core/index.ts';
import { decide } from '../../../src/engine/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { loadClean } from '../rules/memory-files.ts';
import { eventOf } from './events.ts';

it('dispatches what several reactor entries ask for in the order over all of them', () => {
  const rules = loadClean(
    [
      'rules:',
      "  native: {on: 'a/*', do: [{runner.n.n: {}}]}",
      'reactor:',
      "  - 'a/*': one.sls",
      "  - '*/b': two.sls",
    ].join('\n'),
    {
      '/r/one.sls': 'z: runner.z.z\nlast: {wheel.a.a: [{order: last}]}',
      '/r/two.sls': 'y: runner.a.a\nfirst: {wheel.z.z: [{order: first}]}',
    },
  );
  const event = eventOf('a/b');
  const { decisions, order } = decide(rules, emptyFlowState, event, 0);
  const shared = order.filter(({ rule }) => rule !== 'native');
  expect(shared.map(({ rule, action }) => `${rule} ${describeAction(action)}`)).toEqual([
    'reactor:*/b wheel z.z',
    'reactor:*/b runner a.a',
    'reactor:a/* runner z.z',
    'reactor:a/* wheel a.a',
  ]);
  const asked = decisions.flatMap(({ actions }) => actions);
  expect(new Set(order.map(({ action }) => action))).toEqual(new Set(asked));
  expect(order).toHaveLength(asked.length);
});

it('shows templates the facts of the configuration, the same in every event', () => {
  const input = {
    facts: {
      opts: new Map([['id', 'm_master']]),
      grains: new Map([['role', 'db']]),
      environ: new Map([['STAGE', 'prod']]),
    },
  };
  const sls = "{{ opts.id }}-{{ grains.role }}-{{ salt['environ.get']('STAGE') }}{{ tpldot }}: runner.x.y";
  const rules = loadClean('reactor: [{a: one.sls}]', { '/r/one.sls': sls }, input);
  const [decision] = decide(rules, emptyFlowState, eventOf('a'), 0).decisions;
  expect(decision?.chunks[0]?.get('__id__')).toBe('m_master-db-prod');
  expect(rules.hash).not.toBe(loadClean('reactor: [{a: one.sls}]', { '/r/one.sls': sls }).hash);
});

it('records what a template logs without calling it trouble', () => {
  const sls = "{% do salt.log.warning('seen ' ~ data.n) %}x: runner.x.y";
  const rules = loadClean('reactor: [{a: one.sls}]', { '/r/one.sls': sls });
  const [decision] = decide(rules, emptyFlowState, eventOf('a', { n: 5 }), 0).decisions;
  expect(decision).toMatchObject({ verdict: 'fired', reason: 'runner x.y' });
  expect(decision?.problems).toMatchObject([{ code: 'TEMPLATE_LOG', message: 'warning: seen 5.' }]);
});
