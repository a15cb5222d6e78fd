import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { didYouMean, fromPlain, mapOf, messageOf, type Place, toJson } from '../../core/index.ts';
import type { RenderEnv, Source } from '../../render/index.ts';
import type { RuleFiles, RuleInput } from '../types.ts';

/** What a reference to SLS files led to. */
export type Found =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly hint?: string; readonly mayBeEmpty: boolean };

/** What one statement of a template may name: `{% import_yaml "map.yaml" as map %}`. */
const namesTemplates =
  /\{%-?\s*(?:include|import|from|extends|import_yaml|import_json|import_text)\b([^]*?)%\}/g;

/**
 * The files of one load. Each is read once, so that all rules see the same version of it, and is part of
 * the set's hash. After loading nothing more is read: what templates include was read with them.
 */
export class FileSet {
  readonly env: RenderEnv;
  readonly #files: RuleFiles;
  readonly #roots: RuleInput['fileRoots'];
  readonly #texts = new Map<string, string | null>();
  readonly #facts: string;
  #closed = false;

  constructor(input: RuleInput, files: RuleFiles) {
    this.#files = files;
    this.#roots = input.fileRoots;
    this.#facts = factsText(input);
    this.env = {
      stepsMax: input.stepsMax,
      bytesMax: input.bytesMax,
      load: (path) => this.#loadTemplate(path),
    };
  }

  /** The text of a file, null when there is none. Throws what the port throws. */
  read(path: string): string | null {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    if (this.#closed) return null;
    const text = this.#files.read(path);
    this.#texts.set(path, text);
    return text;
  }

  isFolder(path: string): boolean {
    return this.#files.isFolder(path);
  }

  /** The files that a shell glob names, sorted. */
  glob(pattern: string): readonly string[] {
    return this.#files.glob(pattern);
  }

  list(folder: string): readonly string[] {
    return this.#files.isFolder(folder) ? this.#files.list(folder) : [];
  }

  /** Reads what a template names, and what that names, so that rendering needs no disk. */
  preload(text: string, seen: Set<string> = new Set()): void {
    for (const [, statement = ''] of text.matchAll(namesTemplates)) {
      for (const [, double, single] of statement.matchAll(/"([^"]*)"|'([^']*)'/g)) {
        const path = double ?? single ?? '';
        if (seen.has(path)) continue;
        seen.add(path);
        const source = this.#loadTemplate(path);
        if (source !== null) this.preload(source.text, seen);
      }
    }
  }

  close(): void {
    this.#closed = true;
  }

  names(): string[] {
    return [...this.#texts].flatMap(([path, text]) => (text === null ? [] : [path])).sort();
  }

  hash(): string {
    const hash = createHash('sha256');
    for (const path of this.names()) {
      const text = this.#texts.get(path) ?? '';
      hash.update(`${path.length}:${path}${text.length}:`).update(text);
    }
    if (this.#facts !== '') hash.update(this.#facts);
    return hash.digest('hex').slice(0, 12);
  }

  /** The line at a place, for the caret. */
  lineOf({ file, line }: Place): string | undefined {
    return this.#texts.get(file)?.split(/\r?\n/)[line - 1];
  }

  /** The files that a reference of a reactor file in `folder` names. */
  resolve(reference: string, folder: string): Found {
    if (reference.startsWith('salt://')) return this.#resolveSalt(reference);
    const path = isAbsolute(reference) ? normalize(reference) : join(folder, reference);
    if (/[*?[]/.test(path)) {
      const files = this.#files.glob(path);
      if (files.length > 0) return { ok: true, files };
      return { ok: false, message: `${reference} names no file`, mayBeEmpty: true };
    }
    if (this.#exists(path)) return { ok: true, files: [path] };
    return this.#missing(reference, `there is no file ${path}`, [path]);
  }

  #resolveSalt(reference: string): Found {
    const [path = '', query = ''] = reference.slice('salt://'.length).split('?');
    const environment = new URLSearchParams(query).get('saltenv') ?? 'base';
    const roots = this.#roots[environment];
    if (roots === undefined) {
      const near = didYouMean(environment, Object.keys(this.#roots));
      return {
        ok: false,
        message: `file_roots has no environment ${environment}`,
        ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
        mayBeEmpty: false,
      };
    }
    const tried = roots.flatMap((root) => inside(root, path));
    const found = tried.find((file) => this.#exists(file));
    if (found !== undefined) return { ok: true, files: [found] };
    return this.#missing(reference, `no folder of file_roots ${environment} has ${path}`, tried);
  }

  #exists(path: string): boolean {
    return !this.#files.isFolder(path) && this.read(path) !== null;
  }

  #missing(reference: string, message: string, tried: readonly string[]): Found {
    const neighbours = tried.flatMap((path) => this.list(dirname(path)).map((file) => basename(file)));
    const near = didYouMean(basename(reference.split('?')[0] ?? ''), neighbours);
    return {
      ok: false,
      message,
      ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
      mayBeEmpty: false,
    };
  }

  #loadTemplate(name: string): Source | null {
    const path = name.startsWith('salt://') ? name.slice('salt://'.length) : name;
    for (const file of (this.#roots['base'] ?? []).flatMap((root) => inside(root, path))) {
      try {
        const text = this.read(file);
        if (text !== null) return { file, text };
      } catch (error) {
        // The template's own problem says what could not be read.
        void messageOf(error);
      }
    }
    return null;
  }
}

/** Whatever else decides what templates make. */
function factsText({ facts, saltCompat, lookups }: RuleInput): string {
  const text = facts === undefined ? '' : toJson(mapOf({ ...facts }));
  const asked = lookups === undefined ? '' : toJson(fromPlain(lookups));
  return `${text}${saltCompat ?? ''}${asked}`;
}

/** The path under a root, or nothing when `..` would leave it. */
function inside(root: string, path: string): string[] {
  const full = join(root, path);
  return full.startsWith(root.endsWith('/') ? root : `${root}/`) ? [full] : [];
}
