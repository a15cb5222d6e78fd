import { expect, test } from 'vitest';
import { mergePages } from '../../../src/http/operations/merge-pages.ts';

const page = (role: string, value: number): string =>
  [
    '# HELP brine_a_total What a is.',
    '# TYPE brine_a_total counter',
    `brine_a_total{role="${role}"} ${value}`,
    '',
    `# HELP brine_only_${role} Of one.`,
    `# TYPE brine_only_${role} gauge`,
    `brine_only_${role} 1e-7`,
    '',
  ].join('\n');

test('puts the samples of a metric together, below one heading', () => {
  expect(mergePages([page('x', 1), page('y', 2)])).toBe(
    [
      '# HELP brine_a_total What a is.',
      '# TYPE brine_a_total counter',
      'brine_a_total{role="x"} 1',
      'brine_a_total{role="y"} 2',
      '',
      '# HELP brine_only_x Of one.',
      '# TYPE brine_only_x gauge',
      'brine_only_x 1e-7',
      '',
      '# HELP brine_only_y Of one.',
      '# TYPE brine_only_y gauge',
      'brine_only_y 1e-7',
      '',
    ].join('\n'),
  );
});

test('keeps lines out that would break the page', () => {
  const odd =
    'brine_z 1\n# EOF\n# HELP brine_a_total Another text.\n{} 1\n\u0000\nbrine_a_total{role="z"} 3\n';
  const merged = mergePages([page('x', 1), odd]);
  expect(merged.match(/# HELP brine_a_total/g)).toHaveLength(1);
  expect(merged).toContain('brine_a_total{role="x"} 1\nbrine_a_total{role="z"} 3\n');
  expect(merged).not.toMatch(/brine_z|EOF|Another|^\{|\0/m);
});
