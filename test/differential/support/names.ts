import { readFileSync } from 'node:fs';

/** The language's reference; a test keeps it equal to what there is. */
const reference = readFileSync(new URL('../../../docs/templates.md', import.meta.url), 'utf8');

/** The names that a section lists: `- `a` `b`: …`, below its heading and those within it. */
export function namesOf(heading: string): string[] {
  const section = reference.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('- `'))
    .flatMap((line) => [...(line.slice(2).match(/^(?:`[^`]+`,? ?)+/)?.[0] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, name = '']) => name);
}
