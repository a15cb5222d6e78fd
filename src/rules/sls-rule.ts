import { basename } from 'node:path';
import { isMap } from 'yaml';
import type { FileSet } from './files/file-set.ts';
import { type Findings, kindOf, YamlSource } from './files/yaml-source.ts';
import { compileConcurrency } from './native/concurrency.ts';
import { takeMembers, type Vocabulary } from './native/keys.ts';
import { compileIf, compileOn, notes, reserved } from './native/rule.ts';
import type { SlsStore } from './sls-store.ts';
import type { SaltRule } from './types.ts';

const key = '__rule__';
const vocabulary: Vocabulary = {
  what: key,
  known: ['on', 'if', 'concurrency'],
  notes,
  reserved: ['vars', 'do', ...reserved],
};

/** The lines of an SLS file that hold its `__rule__`, which a real Salt master skips like every `__` ID. */
export function ruleBlock(text: string): { readonly text: string; readonly line: number } | null {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => /^["']?__rule__["']?\s*:/.test(line));
  if (start < 0) return null;
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#}\]]/.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  return { text: lines.slice(start, end).join('\n'), line: start + 1 };
}

/** The rule of an SLS file that says itself what it watches; null when it has none or it has problems. */
export function compileSlsRule(
  file: string,
  text: string,
  files: FileSet,
  store: SlsStore,
  findings: Findings,
): SaltRule | null {
  const block = ruleBlock(text);
  if (block === null) return null;
  const source = new YamlSource(file, block.text, findings, block.line);
  const [member] = source.members(source.root);
  if (member === undefined) return null;
  if (!isMap(member.value)) {
    source.report(member.value ?? member.keyNode, {
      code: 'WRONG_TYPE',
      message: `${key} must be a mapping, this is ${kindOf(member.value)}`,
      hint: "`__rule__: {on: 'salt/minion/*/start'}`",
    });
    return null;
  }
  const members = takeMembers(source, source.members(member.value), vocabulary);
  const globs = compileOn(source, key, member.keyNode, members.get('on'));
  const condition = compileIf(source, files.env, members.get('if'));
  const concurrency = compileConcurrency(source, members.get('concurrency'));
  const template = store.compile(file);
  if (globs === null || condition === undefined || template === null) return null;
  if (concurrency === undefined) return null;
  const name = basename(file).replace(/\.sls$/, '');
  return {
    kind: 'salt',
    name,
    globs,
    ...source.place(member.keyNode),
    condition,
    concurrency,
    sls: [{ file, template }],
    shared: false,
  };
}
