import type { Answer, Lookup, Problem, Value } from '../core/index.ts';

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

/** Where a render asks for what is outside its event; it is told, or leaves word that it needs it. */
export interface LookupDesk {
  /** undefined: nobody has asked yet. */
  ask(lookup: Lookup): Answer | undefined;
  /** What a template of a native rule, or a condition, wants people to know. */
  note(problem: Problem): void;
}

/** The variables that a template sees, and who answers its look-ups; without a desk they are problems. */
export type Context = ReadonlyMap<string, Value> & { readonly desk?: LookupDesk };

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

/** A render that cannot go on before a look-up is answered. */
export class LookupPending extends RenderFailure {
  constructor(problem: Problem) {
    super(problem);
    this.name = 'LookupPending';
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
