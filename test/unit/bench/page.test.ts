import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { merged, pageOf, type Section } from '../../../bench/support/page.ts';
import { published, titles } from '../../../bench/support/publish.ts';

const section: Section = {
  title: 'Start',
  date: '2026-11-22',
  machine: 'two cores',
  about: 'How long it takes.',
  rows: [
    {
      measure: 'reactor ready',
      value: 1234,
      unit: 'ms',
      goal: { id: 'start', met: false, reached: '1,234 ms' },
    },
  ],
};

describe('docs/performance.md', () => {
  it('is what the published figures make', () => {
    const page = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');
    expect(page).toBe(pageOf(published()));
  });
});

describe('pageOf', () => {
  it('shows the figures, the machine and the day', () => {
    const page = pageOf([section]);
    expect(page).toContain('## Start\n\nHow long it takes. (2026-11-22)');
    expect(page).toContain('two cores');
    expect(page).toContain('| reactor ready | 1,234 ms |');
  });

  it('says what falls short and what was not run', () => {
    const page = pageOf([section]);
    expect(page).toMatch(/1,000 SLS files \| 1,234 ms \| short \|/);
    expect(page).toMatch(/10 million events[^|]*\| – \| not run \|/);
  });

  it('names the machine of each section when they differ', () => {
    const page = pageOf([section, { ...section, title: 'Soak', machine: 'four cores' }]);
    expect(page.match(/^(two|four) cores$/gm)).toEqual(['two cores', 'four cores']);
  });
});

describe('merged', () => {
  it('keeps what did not run again, in the order of the page', () => {
    const old = { ...section, title: 'Soak', date: '2026-01-01' };
    const older = { ...section, date: '2026-01-01' };
    const all = merged([old, older], [section], titles);
    expect(all.map(({ title, date }) => [title, date])).toEqual([
      ['Start', '2026-11-22'],
      ['Soak', '2026-01-01'],
    ]);
  });
});
