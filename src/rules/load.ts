import { basename, dirname, isAbsolute, join } from 'node:path';
import { isMap, isScalar, isSeq } from 'yaml';
import { messageOf, type Problem } from '../core/index.ts';
import { compileGlobs } from '../match/index.ts';
import { FileSet } from './files/file-set.ts';
import {
  isMasterConfig,
  type MasterConfig,
  readConfigFolder,
  readMasterConfig,
} from './files/master-config.ts';
import { type Findings, kindOf, type YamlNode, YamlSource } from './files/yaml-source.ts';
import { lintLookups } from './lint/lookups.ts';
import { lintRules } from './lint/rules.ts';
import { defaultPolicy } from './lookup-policy.ts';
import { takeMembers } from './native/keys.ts';
import { compileNativeRules } from './native/rule.ts';
import { compileReactorMap } from './reactor-map.ts';
import { compileSlsRule } from './sls-rule.ts';
import { SlsStore } from './sls-store.ts';
import type { Rule, RuleFiles, RuleInput, RuleSet } from './types.ts';

/**
 * Reads and compiles every reactor file. All problems of all files come back at once; the rule set holds
 * whatever compiled, so that `check` can go on. A reactor takes it only when no problem is an error.
 */
export function loadRules(
  input: RuleInput,
  files: RuleFiles,
): { ruleSet: RuleSet; problems: readonly Problem[] } {
  const load = new Load(input, files);
  for (const path of input.reactors) load.path(path);
  return load.finish();
}

class Load {
  readonly #input: RuleInput;
  readonly #files: FileSet;
  readonly #store: SlsStore;
  readonly #problems: Problem[] = [];
  readonly #findings: Findings = { problems: this.#problems, globs: [], asking: [] };
  readonly #rules: Rule[] = [];
  readonly #seen = new Set<string>();

  constructor(input: RuleInput, files: RuleFiles) {
    this.#input = input;
    this.#files = new FileSet(input, files);
    this.#store = new SlsStore(this.#files, this.#problems, input.knownFunctions);
  }

  /** A folder's YAML files, and those of its SLS files that say what they watch; or one file. */
  path(path: string): void {
    if (basename(path) === 'master.d' && this.#files.isFolder(path)) {
      this.#masterConfig(path, readConfigFolder(path, this.#files, this.#findings));
      return;
    }
    for (const file of this.#filesOf(path)) {
      try {
        this.#file(file, file === path);
      } catch (error) {
        this.#fileProblem(file, 'UNEXPECTED', `an error that Brine did not expect: ${messageOf(error)}`);
      }
    }
  }

  #filesOf(path: string): readonly string[] {
    try {
      return this.#files.isFolder(path) ? this.#files.list(path) : [path];
    } catch (error) {
      this.#fileProblem(path, 'UNREADABLE_FILE', `${path} cannot be read: ${messageOf(error)}`);
      return [];
    }
  }

  finish(): { ruleSet: RuleSet; problems: readonly Problem[] } {
    const rules = this.#uniqueNames();
    this.#problems.push(...lintRules(rules, this.#findings.globs, this.#input.knownFunctions));
    const globs = rules.flatMap((rule) => rule.globs);
    const lookups = this.#input.lookups ?? defaultPolicy;
    const asking = [...this.#findings.asking, ...this.#store.asking];
    this.#problems.push(...asking.flatMap((written) => lintLookups(written, lookups)));
    this.#files.close();
    const ruleSet: RuleSet = {
      hash: this.#files.hash(),
      rules,
      matcher: compileGlobs(globs),
      owners: rules.flatMap((rule, index) => rule.globs.map(() => index)),
      files: this.#files.names(),
      depthMax: this.#input.depthMax,
      facts: this.#input.facts ?? { opts: new Map(), grains: new Map(), environ: new Map() },
      saltCompat: this.#input.saltCompat ?? 3008,
      lookups,
    };
    return { ruleSet, problems: distinct(this.#problems).map((problem) => this.#withSource(problem)) };
  }

  #file(path: string, named: boolean): void {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    let text: string | null;
    try {
      text = this.#files.read(path);
    } catch (error) {
      this.#fileProblem(path, 'UNREADABLE_FILE', `${path} cannot be read: ${messageOf(error)}`);
      return;
    }
    if (text === null) {
      this.#fileProblem(
        path,
        'MISSING_FILE',
        `there is no file or folder ${path}`,
        'the setting is `reactors`',
      );
    } else if (path.endsWith('.sls')) this.#slsFile(path, text, named);
    else this.#yamlFile(path, text);
  }

  #slsFile(path: string, text: string, named: boolean): void {
    const before = this.#problems.length;
    const rule = compileSlsRule(path, text, this.#files, this.#store, this.#findings);
    if (rule !== null) this.#rules.push(rule);
    if (rule !== null || !named || this.#problems.length > before) return;
    // Whoever names it wants to know at least whether it is sound.
    this.#store.compile(path);
    this.#problems.push({
      code: 'MISSING_KEY',
      severity: 'warning',
      message: 'an SLS file alone does not say which tags it watches',
      hint: "name it in a `reactor:` list, or begin it with `__rule__: {on: '…'}`",
      file: path,
      line: 1,
      column: 1,
    });
  }

  #yamlFile(path: string, text: string): void {
    const source = new YamlSource(path, text, this.#findings);
    const { root } = source;
    // A master's configuration file holds much that is not for us.
    if (source.ok && isMasterConfig(path)) {
      this.#masterConfig(path, readMasterConfig(source, this.#files, this.#findings));
      return;
    }
    if (root === null || (isScalar(root) && root.value === null)) return;
    if (isSeq(root)) {
      this.#rules.push(...compileReactorMap(source, root, this.#files, this.#store));
      return;
    }
    if (!isMap(root)) {
      source.report(root, {
        code: 'WRONG_TYPE',
        message: `a reactor file is a mapping with rules or reactor, this is ${kindOf(root)}`,
      });
      return;
    }
    const members = source.members(root);
    const ours = takeMembers(source, members, { what: 'a reactor file', known: ['rules', 'reactor'] });
    const reactor = ours.get('reactor');
    const rules = ours.get('rules');
    if (reactor !== undefined) this.#reactor(source, reactor.value ?? reactor.keyNode);
    if (rules !== undefined)
      this.#rules.push(...compileNativeRules(source, this.#files.env, rules.value ?? rules.keyNode));
  }

  /** What several files list is one list, in which nothing counts twice. */
  #masterConfig(path: string, { options, looked }: MasterConfig): void {
    const listed = options.length > 1 ? new Set<string>() : null;
    for (const { source, node } of options) this.#reactor(source, node, listed);
    if (options.length > 0) return;
    this.#problems.push({
      code: 'MISSING_KEY',
      severity: 'warning',
      message: 'this master configuration has no reactor option',
      hint: `looked at ${looked.join(', ')}`,
      file: path,
      line: 1,
      column: 1,
    });
  }

  /** Salt's `reactor:`: the list itself, or the path of a file that is the list. */
  #reactor(source: YamlSource, node: YamlNode, listed: Set<string> | null = null): void {
    if (!isScalar(node) || typeof node.value !== 'string') {
      this.#rules.push(...compileReactorMap(source, node, this.#files, this.#store, listed));
      return;
    }
    const path = isAbsolute(node.value) ? node.value : join(dirname(source.file), node.value);
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    try {
      const text = this.#files.read(path);
      if (text === null) {
        source.report(node, { code: 'MISSING_FILE', message: `there is no file ${path}` });
        return;
      }
      const map = new YamlSource(path, text, this.#findings);
      if (map.ok) this.#rules.push(...compileReactorMap(map, map.root, this.#files, this.#store));
    } catch (error) {
      source.report(node, {
        code: 'UNREADABLE_FILE',
        message: `${path} cannot be read: ${messageOf(error)}`,
      });
    }
  }

  /** Entries of `reactor:` lists are numbered when they share a glob; two rules of one name are a problem. */
  #uniqueNames(): Rule[] {
    const byName = new Map<string, Rule>();
    for (const rule of this.#rules) {
      const first = byName.get(rule.name);
      if (first === undefined) byName.set(rule.name, rule);
      else if (rule.kind === 'salt' && rule.shared) {
        let number = 2;
        while (byName.has(`${rule.name}#${number}`)) number += 1;
        byName.set(`${rule.name}#${number}`, { ...rule, name: `${rule.name}#${number}` });
      } else {
        const { file, line, column } = rule;
        this.#problems.push({
          code: 'DUPLICATE_RULE',
          severity: 'error',
          message: `rule ${rule.name} is there already, in ${first.file}:${first.line}`,
          hint: 'names are unique over all reactor files; rename one',
          file,
          line,
          column,
        });
      }
    }
    return [...byName.values()];
  }

  #withSource(problem: Problem): Problem {
    const source = problem.source ?? this.#files.lineOf(problem);
    return source === undefined ? problem : { ...problem, source };
  }

  #fileProblem(file: string, code: string, message: string, hint?: string): void {
    const place = { file, line: 1, column: 1 };
    this.#problems.push({
      code,
      severity: 'error',
      message,
      ...place,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** The same condition is compiled as a whole and in parts; one report is enough. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = `${problem.file}\0${problem.line}\0${problem.column}\0${problem.code}\0${problem.message}`;
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()];
}
