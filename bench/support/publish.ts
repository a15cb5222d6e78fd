import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { merged, pageOf, type Section } from './page.ts';

const figures = new URL('../figures.json', import.meta.url);
const page = new URL('../../docs/performance.md', import.meta.url);

/** Every benchmark's section of the page, in its order. */
export const titles = [
  'Match',
  'Render',
  'Decide',
  'Journal',
  'Bus',
  'Unmatched events',
  'End to end',
  'Filled journal',
  'HTTP readers',
  'Start',
  'Soak',
  'Beside Salt',
] as const;

export type Title = (typeof titles)[number];

/** What was published last. */
export function published(): Section[] {
  return existsSync(figures) ? (JSON.parse(readFileSync(figures, 'utf8')) as Section[]) : [];
}

/** Stores the sections of a run beside those that did not run, and writes the page from them. */
export function publish(sections: readonly Section[]): void {
  const all = merged(published(), sections, titles);
  writeFileSync(figures, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(page, pageOf(all));
}
