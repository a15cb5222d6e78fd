import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accepted } from './support/report.ts';

const page = readFileSync(new URL('../../docs/salt-differences.md', import.meta.url), 'utf8');
const anchors = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, name = '']) => name);

describe('the accepted differences', () => {
  it('have a reason and a place in docs/salt-differences.md', () => {
    for (const { reason, anchor } of accepted) {
      expect(reason).toMatch(/\.$/);
      expect(anchors, reason).toContain(anchor);
    }
  });

  it('cover each place that is marked there for one', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(anchors.filter((name) => !accepted.some(({ anchor }) => anchor === name))).toEqual([]);
  });

  it('cover something each', () => {
    for (const { cases = [], says = [], reason } of accepted)
      expect(cases.length + says.length, reason).toBeGreaterThan(0);
  });
});
