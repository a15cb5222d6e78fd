import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';
import type { Place, Problem, Value } from '../../core/index.ts';
import { float, int } from '../../core/index.ts';
import type { Source } from '../../render/index.ts';
import type { Written } from '../lint/lookups.ts';

/** A node, or the nothing after a colon. */
export type YamlNode = Node | null;

export interface ProblemText {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly severity?: 'error' | 'warning';
}

/** A tag glob where it is written. */
export interface WatchedGlob extends Place {
  readonly glob: string;
}

/** What reading files brings to light, sound or not. */
export interface Findings {
  readonly problems: Problem[];
  readonly globs: WatchedGlob[];
  /** Templates and expressions that mention `salt`. */
  readonly asking: Written[];
}

/** One YAML text of an operator, with its nodes, and the problems that were found in it. */
export class YamlSource {
  readonly file: string;
  readonly root: YamlNode;
  readonly #problems: Problem[];
  readonly #globs: WatchedGlob[];
  readonly #asking: Written[];
  readonly #lines: readonly string[];
  readonly #counter = new LineCounter();
  readonly #lineOffset: number;
  readonly #document: ReturnType<typeof parseDocument>;

  /** `line` is where the text starts in its file, from 1. */
  constructor(file: string, text: string, { problems, globs, asking }: Findings, line = 1) {
    this.file = file;
    this.#asking = asking;
    this.#problems = problems;
    this.#globs = globs;
    this.#lines = text.split(/\r?\n/);
    this.#lineOffset = line - 1;
    this.#document = parseDocument(text, {
      version: '1.2',
      intAsBigInt: true,
      prettyErrors: false,
      // `members` looks for keys that are there twice: this compares each key with every other.
      uniqueKeys: false,
      logLevel: 'silent',
      lineCounter: this.#counter,
    });
    for (const error of this.#document.errors) {
      this.#add(this.#placeOf(error.pos[0]), { code: 'BAD_YAML', message: `YAML: ${error.message}` });
    }
    this.root = this.#document.errors.length > 0 ? null : this.#document.contents;
  }

  /** Whether the text could be read at all. */
  get ok(): boolean {
    return this.#document.errors.length === 0;
  }

  /** Errors so far; a part that adds none is sound. */
  get errors(): number {
    return this.#problems.filter((problem) => problem.severity === 'error').length;
  }

  /** A line of the file, from 1. */
  lineText(line: number): string | undefined {
    return this.#lines[line - 1 - this.#lineOffset];
  }

  report(node: YamlNode | undefined, text: ProblemText): void {
    this.#add(this.place(node), text);
  }

  add(problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  /** Notes a tag glob, also of a rule that turns out to be unsound. */
  watches(node: YamlNode, glob: string): void {
    this.#globs.push({ ...this.place(node), glob });
  }

  place(node: YamlNode | undefined): Place {
    return this.#placeOf(node?.range?.[0] ?? 0);
  }

  /** Takes note of a template or an expression that compiled, for warnings about what it asks. */
  written(source: Source, kind: Written['kind']): void {
    if (source.text.includes('salt')) this.#asking.push({ source, kind });
  }

  /** Where the text of a scalar starts, without its quote or block header. */
  textPlace(node: Scalar): Place {
    const place = this.place(node);
    if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
      return { ...place, column: place.column + 1 };
    if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return place;
    const next = this.#lines[place.line - this.#lineOffset] ?? '';
    return { ...place, line: place.line + 1, column: next.length - next.trimStart().length + 1 };
  }

  /** The node that an alias stands for; every other node itself. */
  follow(node: unknown): YamlNode {
    if (isAlias(node)) return (node as Alias).resolve(this.#document) ?? null;
    return isScalar(node) || isMap(node) || isSeq(node) ? (node as Node) : null;
  }

  /** The members of a mapping, each key once; reports keys that are not plain text. */
  members(node: YamlNode): { key: string; keyNode: YamlNode; value: YamlNode }[] {
    if (!isMap(node)) return [];
    const members: { key: string; keyNode: YamlNode; value: YamlNode }[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      const keyNode = this.follow(pair.key);
      if (isScalar(keyNode)) {
        const key = typeof keyNode.value === 'string' ? keyNode.value : (keyNode.source ?? '');
        if (seen.has(key)) this.#reportTwice(keyNode, key);
        else members.push({ key, keyNode, value: this.follow(pair.value) });
        seen.add(key);
      } else {
        this.report(keyNode ?? node, {
          code: 'BAD_YAML',
          message: 'a mapping as a key',
          hint: "quote templates: '{{ data.id }}'",
        });
      }
    }
    return members;
  }

  #reportTwice(node: YamlNode, key: string): void {
    this.report(node, {
      code: 'DUPLICATE_KEY',
      message: `${key} is there twice`,
      hint: 'one would silently replace the other; remove or rename one',
    });
  }

  #placeOf(offset: number): Place {
    const { line, col } = this.#counter.linePos(offset);
    return { file: this.file, line: Math.max(1, line) + this.#lineOffset, column: Math.max(1, col) };
  }

  #add(place: Place, { code, message, hint, severity = 'error' }: ProblemText): void {
    const source = this.lineText(place.line);
    this.#problems.push({
      ...place,
      code,
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(source === undefined ? {} : { source }),
    });
  }
}

/** What a scalar says, in Python's types. */
export function scalarValue(node: Scalar): Value {
  const { value } = node;
  if (typeof value === 'bigint') return int(value);
  if (typeof value === 'number') return float(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return null;
}

/** What a node is, for messages. */
export function kindOf(node: YamlNode | undefined): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'text' : (node.source ?? typeof node.value);
}
