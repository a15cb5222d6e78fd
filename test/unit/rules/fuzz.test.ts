import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/engine/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { returnOf } from '../engine/events.ts';
import { load } from './memory-files.ts';

const rules = `rules:
  restart:
    on: [salt/job/*/ret/*, 'acme/*']
    description: restart it
    vars: {svc: "data.fun_args[0]"}
    if: data.fun == 'service.status' and not data['return']
    do:
      - local.service.restart: {tgt: '{{ data.id }}', args: {name: '{{ svc }}'}}
      - runner.jobs.list_job:
          - args: ['{{ data.jid }}']
      - event.send: {tag: 'done/{{ data.id }}', data: {n: 0o17, l: [1, 1.0, null, ~]}}
reactor:
  - 'salt/job/*/ret/*':
      - x.sls
      - salt://y.sls?saltenv=base
`;
const sls = `__rule__: {on: 'salt/job/*/ret/web1', if: data.success}
{% for n in [1, 2] %}
ping_{{ n }}:
  local.test.ping:
    - tgt: {{ data.id }}
    - args: {{ data | json }}
{% endfor %}
`;

/** A text with a few pieces cut out, doubled, or replaced by what has a meaning somewhere. */
const spoiled = (text: string): fc.Arbitrary<string> => {
  const piece = fc.constantFrom(
    ...Array.from('{}[]:-,\'"|>&*!%#@?\n\t \u0000é😀'),
    '{{',
    '}}',
    '{%',
    '- ',
    ': ',
    '5',
  );
  const at = fc.nat(text.length);
  return fc
    .array(fc.tuple(at, fc.nat(6), piece), { minLength: 1, maxLength: 4 })
    .map((cuts) =>
      cuts.reduce((now, [start, length, put]) => now.slice(0, start) + put + now.slice(start + length), text),
    );
};

describe('any text', () => {
  it('becomes rules or problems with a place, and never throws', () => {
    const event = returnOf('web1', 'service.status', { return: false, fun_args: ['nginx'] });
    fc.assert(
      fc.property(spoiled(rules), spoiled(sls), (main, other) => {
        const files = { '/r/x.sls': other, '/r/self.sls': other, '/srv/salt/y.sls': sls };
        const { ruleSet, problems } = load(main, files);
        for (const problem of problems) {
          expect(problem.code).not.toBe('UNEXPECTED');
          expect(problem.message).not.toBe('');
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.column).toBeGreaterThanOrEqual(1);
        }
        for (const { verdict, reason, problems: found } of decide(ruleSet, emptyFlowState, event, 0)
          .decisions) {
          expect(reason).not.toBe('');
          if (verdict === 'problem') expect(found).not.toEqual([]);
          for (const problem of found) expect(problem.code).not.toBe('UNEXPECTED');
        }
      }),
      { numRuns: 120 },
    );
  });
});
