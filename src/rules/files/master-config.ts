import { basename, dirname, isAbsolute, join } from 'node:path';
import { isMap, isScalar, isSeq } from 'yaml';
import type { FileSet } from './file-set.ts';
import { type Findings, type YamlNode, YamlSource } from './yaml-source.ts';

/** The value of a `reactor` key and the file that it stands in. */
export interface ReactorOption {
  readonly source: YamlSource;
  readonly node: YamlNode;
}

export interface MasterConfig {
  /** What counts after all includes; lists of several files are one list. */
  readonly options: readonly ReactorOption[];
  /** The files and patterns that were looked at. */
  readonly looked: readonly string[];
}

const defaultInclude = 'master.d/*.conf';
/** A minion has a bus and may have a reactor of its own. */
const minionInclude = 'minion.d/*.conf';

/** A Salt master's configuration file, or a folder such as `master.d`: no `reactors` of Brine's own. */
export function isMasterConfig(path: string): boolean {
  return !/\.(?:ya?ml|sls)$/.test(path);
}

/**
 * The `reactor` option of a Salt master as Salt puts it together: the files of `default_include` are read in
 * order and their lists joined, the result replaces what the main file says, and that of `include` replaces
 * both.
 */
export function readMasterConfig(source: YamlSource, files: FileSet, findings: Findings): MasterConfig {
  const looked = [source.file];
  const including = { files, findings, looked, seen: new Set([source.file]) };
  const defaults = textsAt(source, 'default_include') ?? [
    basename(source.file) === 'minion' ? minionInclude : defaultInclude,
  ];
  let options = ownOption(source);
  for (const patterns of [defaults, textsAt(source, 'include') ?? []]) {
    const included = includedOptions(patterns, source.file, including);
    if (included.length > 0) options = included;
  }
  return { options, looked };
}

/** The files of a `master.d` folder. */
export function readConfigFolder(folder: string, files: FileSet, findings: Findings): MasterConfig {
  const looked: string[] = [];
  const including = { files, findings, looked, seen: new Set<string>() };
  return { options: includedOptions([`${folder}/*.conf`], folder, including), looked };
}

interface Including {
  readonly files: FileSet;
  readonly findings: Findings;
  readonly looked: string[];
  readonly seen: Set<string>;
}

function includedOptions(patterns: readonly string[], from: string, including: Including): ReactorOption[] {
  const { files, looked } = including;
  let options: ReactorOption[] = [];
  for (const pattern of patterns) {
    const path = isAbsolute(pattern) ? pattern : join(dirname(from), pattern);
    looked.push(path);
    for (const file of files.glob(path)) {
      const found = optionsOf(file, including);
      const joins = [...options, ...found].every(({ node }) => isSeq(node));
      if (found.length > 0) options = joins ? [...options, ...found] : found;
    }
  }
  return options;
}

function optionsOf(file: string, including: Including): ReactorOption[] {
  const { files, findings, seen } = including;
  if (seen.has(file) || files.isFolder(file)) return [];
  seen.add(file);
  const source = new YamlSource(file, files.read(file) ?? '', findings);
  const nested = includedOptions(textsAt(source, 'include') ?? [], file, including);
  return nested.length > 0 ? nested : ownOption(source);
}

function ownOption(source: YamlSource): ReactorOption[] {
  const node = valueAt(source, 'reactor');
  return node === undefined ? [] : [{ source, node }];
}

function valueAt(source: YamlSource, key: string): YamlNode | undefined {
  if (!isMap(source.root)) return undefined;
  const member = source.members(source.root).find((each) => each.key === key);
  if (member === undefined || (isScalar(member.value) && member.value.value === null)) return undefined;
  return member.value ?? undefined;
}

function textsAt(source: YamlSource, key: string): string[] | undefined {
  const node = valueAt(source, key);
  if (node === undefined) return undefined;
  const items = isSeq(node) ? node.items : [node];
  return items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : []));
}
