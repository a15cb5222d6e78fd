import type { Problem, Value } from '../core/index.ts';

/** Template or YAML text and where it stands. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Where the text starts within the file, from 1; a leaf of a rule file starts inside it. */
  readonly line?: number;
  readonly column?: number;
}

/** What templates may use up, and where they find other templates. */
export interface RenderEnv {
  /** Evaluation steps of one render: nodes, loop turns, items that filters walk. */
  readonly stepsMax: number;
  /** Characters and items that one render may make. */
  readonly bytesMax: number;
  /** Missing names print as nothing instead of failing. */
  readonly allowUndefined?: boolean;
  /** The text for include, import, extends and import_yaml; null when there is none. */
  load(path: string): Source | null;
}

/** The variables that a template sees. */
export type Context = ReadonlyMap<string, Value>;

export type Rendered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Thrown inside `render` only; its exported functions turn it into problems. */
export class RenderFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'RenderFailure';
    this.problem = problem;
  }
}

/** Runs a step and turns its RenderFailure into problems; every other error passes through. */
export function collect<T>(step: () => T): Rendered<T> {
  try {
    return { ok: true, value: step() };
  } catch (error) {
    if (error instanceof RenderFailure) return { ok: false, problems: [error.problem] };
    throw error;
  }
}
