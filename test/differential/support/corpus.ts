import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { get, getString, type Value, type ValueMap } from '../../../src/core/index.ts';
import { loadYaml } from '../../../src/render/index.ts';

/** SLS files and one event, and what `include` and `import` find. */
export interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly roots: Readonly<Record<string, string>>;
  readonly tag: string;
  readonly data: ValueMap;
}

const folder: string = new URL('../corpus', import.meta.url).pathname;

/**
 * Every group of the corpus: each of its SLS files meets each event of its `events.yaml`, unless the event
 * names its files: `files: [a.sls, b.sls]` compiles them together, `for: [a.sls]` one by one.
 */
export function corpus(): Case[] {
  return readdirSync(folder).sort().flatMap(group);
}

function group(name: string): Case[] {
  const path = join(folder, name);
  const files = readdirSync(path)
    .filter((file) => file.endsWith('.sls'))
    .sort();
  const roots = readRoots(join(path, 'roots'));
  const events = loadYaml({ file: name, text: readFileSync(join(path, 'events.yaml'), 'utf8') });
  if (!events.ok || !Array.isArray(events.value)) throw new Error(`${name}/events.yaml is no list`);
  return events.value.flatMap((event, number) => {
    const tag = getString(event, 'tag') ?? '';
    const data = (get(event, 'data') ?? new Map()) as ValueMap;
    const sets = fileSets(event, files);
    return sets.map(
      (set): Case => ({
        name: `${name}/${set.join('+')} #${number + 1}`,
        files: Object.fromEntries(set.map((file) => [file, readFileSync(join(path, file), 'utf8')])),
        roots,
        tag,
        data,
      }),
    );
  });
}

function fileSets(event: Value, files: readonly string[]): readonly (readonly string[])[] {
  const together = get(event, 'files');
  if (Array.isArray(together)) return [together as string[]];
  const some = get(event, 'for');
  return (Array.isArray(some) ? (some as string[]) : files).map((file) => [file]);
}

function readRoots(path: string): Record<string, string> {
  if (!existsSync(path)) return {};
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(path, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [relative(path, join(path, name)), readFileSync(join(path, name), 'utf8')]),
  );
}
