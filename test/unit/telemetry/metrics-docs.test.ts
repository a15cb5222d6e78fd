import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricSpecs } from '../../../src/telemetry/metrics.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8');

/** Made by the API itself, of whoever it asks. */
const up = '| `brine_up` | gauge | `role` | api | Whether a role answers. |';

test('docs/metrics.md lists every metric as the code has it', () => {
  const rows = metricSpecs().map(({ name, type, help, labels, roles }) => {
    const shown = labels.filter((label) => label !== 'role').map((label) => `\`${label}\``);
    return `| \`${name}\` | ${type} | ${shown.join(', ') || '–'} | ${roles.join(', ')} | ${help} |`;
  });
  const listed = page.split('\n').filter((line) => line.startsWith('| `brine_'));
  expect(listed).toEqual([up, ...rows.sort()]);
});

test('names follow the conventions of Prometheus', () => {
  for (const { name, type, labels } of metricSpecs()) {
    expect(name).toMatch(/^brine_[a-z]+(_[a-z]+)*$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(labels.length).toBeLessThanOrEqual(3);
  }
});
