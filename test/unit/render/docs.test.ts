import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/core/index.ts';
import { filters } from '../../../src/render/jinja/library/filters/index.ts';
import { globalNames } from '../../../src/render/jinja/library/globals.ts';
import { methodTables } from '../../../src/render/jinja/library/methods/index.ts';
import { saltFunctions } from '../../../src/render/jinja/library/salt/index.ts';
import { tests } from '../../../src/render/jinja/library/tests/index.ts';
import { tagNames } from '../../../src/render/jinja/parse/statements.ts';
import { map, render } from './jinja/harness.ts';

const page = readFileSync(new URL('../../../docs/templates.md', import.meta.url), 'utf8');

const context = new Map<string, Value>([
  ['data', map({ id: 'web1', n: 2 })],
  ['tag', 'acme/example'],
]);

/** The part of the page below a heading, with its parts. */
function section(title: string): string {
  const level = title.startsWith('###') ? '#{1,3}' : '#{1,2}';
  const [, text] = page.split(`\n${title}\n`);
  if (text === undefined) throw new Error(`the page has no ${title}`);
  return text.split(new RegExp(`^${level} `, 'm'))[0] ?? '';
}

/** The names that the items of a list are about. */
function listed(text: string): string[] {
  return [...text.matchAll(/^- ((?:`[^`]+` ?)+)(?::|$)/gm)]
    .flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .toSorted();
}

const examples = [...page.matchAll(/^ *- `(.+?)` → `(.+)`$/gm)].map(([, text = '', out = '']) => [text, out]);

describe('docs/templates.md', () => {
  it('has an example for most of what it lists', () => {
    expect(examples.length).toBeGreaterThan(150);
  });

  it.each(examples)('%s', (text, out) => {
    expect(render(text as string, { context })).toBe(out);
  });

  it('lists what there is, and nothing else', () => {
    const registered: Record<string, Iterable<string>> = {
      '## Tags': tagNames,
      '## Filters': filters.keys(),
      '## Tests': tests.keys(),
      '## Globals': globalNames(),
      "## Salt's functions": saltFunctions.keys(),
    };
    for (const [title, names] of Object.entries(registered))
      expect(listed(section(title)), title).toEqual([...names].toSorted());
  });

  it.each(Object.entries(methodTables))('lists the methods of %s', (type, table) => {
    expect(listed(section(`### ${type}`))).toEqual([...table.keys()].toSorted());
  });
});
