import type { Problem } from '../core/index.ts';
import { compileSls, type SlsTemplate } from '../render/index.ts';
import type { FileSet } from './files/file-set.ts';
import type { Written } from './lint/lookups.ts';
import { lintSls } from './lint/sls.ts';
import type { KnownFunctions } from './types.ts';

/** The SLS files of one load, each compiled once however many entries name it. */
export class SlsStore {
  readonly #files: FileSet;
  readonly #problems: Problem[];
  readonly #known: KnownFunctions | undefined;
  /** The files that mention `salt`. */
  readonly asking: Written[] = [];
  readonly #templates = new Map<string, SlsTemplate | null>();

  constructor(files: FileSet, problems: Problem[], known: KnownFunctions | undefined) {
    this.#files = files;
    this.#problems = problems;
    this.#known = known;
  }

  /** The template of a file that exists; null when it has problems, which were reported with it. */
  compile(file: string): SlsTemplate | null {
    const known = this.#templates.get(file);
    if (known !== undefined) return known;
    const text = this.#files.read(file) ?? '';
    this.#files.preload(text);
    const compiled = compileSls({ file, text }, this.#files.env);
    this.#problems.push(...lintSls(file, text, this.#known));
    if (!compiled.ok) this.#problems.push(...compiled.problems);
    if (compiled.ok && text.includes('salt')) this.asking.push({ source: { file, text }, kind: 'template' });
    const template = compiled.ok ? compiled.value : null;
    this.#templates.set(file, template);
    return template;
  }
}
