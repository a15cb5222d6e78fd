import { dirname } from 'node:path';
import { isMap, isScalar, isSeq } from 'yaml';
import { messageOf } from '../core/index.ts';
import type { FileSet } from './files/file-set.ts';
import { kindOf, type YamlNode, type YamlSource } from './files/yaml-source.ts';
import type { SlsStore } from './sls-store.ts';
import type { SaltRule, SlsFile } from './types.ts';

/**
 * Reads Salt's `reactor:` list. Salt skips without a word what it does not understand (a mapping instead
 * of a list, an entry with two keys, a missing file); here each is a problem. `listed` holds the entries of
 * files that are joined with this one.
 */
export function compileReactorMap(
  source: YamlSource,
  node: YamlNode,
  files: FileSet,
  store: SlsStore,
  listed: Set<string> | null = null,
): SaltRule[] {
  if (!isSeq(node)) {
    source.report(node, {
      code: 'REACTOR_MAP',
      message: `reactor must be a list of mappings from one tag glob to SLS files, this is ${kindOf(node)}`,
      hint: isMap(node) ? 'put `- ` before each glob; Salt ignores a mapping here' : undefined,
    });
    return [];
  }
  return node.items.flatMap((item) => {
    if (listed !== null && isListed(item, listed)) return [];
    return compileEntry(source, source.follow(item) ?? node, files, store) ?? [];
  });
}

/** Whether an equal entry came before, in this file or in another one that is joined with it. */
function isListed(item: unknown, listed: Set<string>): boolean {
  const text = JSON.stringify(item);
  if (listed.has(text)) return true;
  listed.add(text);
  return false;
}

function compileEntry(source: YamlSource, node: YamlNode, files: FileSet, store: SlsStore): SaltRule | null {
  const members = source.members(node);
  const [only, ...more] = members;
  if (only === undefined || more.length > 0) {
    source.report(more[0]?.keyNode ?? node, {
      code: 'REACTOR_MAP',
      message: isMap(node)
        ? `an entry of reactor has one tag glob, this has ${members.length}; Salt skips it`
        : `an entry of reactor is a mapping from one tag glob to SLS files, this is ${kindOf(node)}`,
      hint:
        more.length > 0 ? 'put `- ` before each glob' : "for example `- 'salt/minion/*/start': start.sls`",
    });
    return null;
  }
  const { key: glob, keyNode, value } = only;
  source.watches(keyNode, glob);
  const references = referencesIn(source, value ?? keyNode, value);
  const sls = references.flatMap((reference) => compileReference(source, reference, files, store));
  if (sls.length === 0) return null;
  return {
    kind: 'salt',
    name: `reactor:${glob}`,
    globs: [glob],
    ...source.place(keyNode),
    condition: null,
    concurrency: null,
    sls,
    shared: true,
  };
}

interface Reference {
  readonly text: string;
  readonly node: YamlNode;
}

function referencesIn(source: YamlSource, place: YamlNode, value: YamlNode): Reference[] {
  const nodes = isSeq(value) ? value.items.map((item) => source.follow(item)) : [value];
  if (nodes.length === 0)
    source.report(place, { code: 'REACTOR_MAP', message: 'this glob has no SLS files' });
  return nodes.flatMap((node) => {
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '')
      return [{ text: node.value, node }];
    source.report(node ?? place, {
      code: 'REACTOR_MAP',
      message: `a reference to SLS files is a path, a glob of paths or salt://…, this is ${kindOf(node)}`,
    });
    return [];
  });
}

function compileReference(
  source: YamlSource,
  { text, node }: Reference,
  files: FileSet,
  store: SlsStore,
): SlsFile[] {
  try {
    const found = files.resolve(text, dirname(source.file));
    if (found.ok) {
      return found.files.flatMap((file) => {
        const template = store.compile(file);
        return template === null ? [] : [{ file, template }];
      });
    }
    source.report(node, {
      code: 'MISSING_SLS',
      message: found.message,
      hint: found.hint,
      severity: found.mayBeEmpty ? 'warning' : 'error',
    });
  } catch (error) {
    source.report(node, { code: 'UNREADABLE_FILE', message: `${text} cannot be read: ${messageOf(error)}` });
  }
  return [];
}
