import type { Source } from '../../types.ts';
import type { Names, Runtime, Site } from '../run/runtime.ts';
import type { PyValue } from '../run/values.ts';
import type { Sink } from '../sink.ts';

/** The variables of one running function of a template: the template itself, a macro, a block. */
export class Frame {
  readonly rt: Runtime;
  /** By slot; undefined is a name that has no value yet. */
  readonly vars: (PyValue | undefined)[];
  /** The frame around the function's definition. */
  readonly up: Frame | null;
  /** What names without a slot mean. */
  readonly names: Names;
  readonly program: Program;

  constructor(rt: Runtime, vars: (PyValue | undefined)[], up: Frame | null, names: Names, program: Program) {
    this.rt = rt;
    this.vars = vars;
    this.up = up;
    this.names = names;
    this.program = program;
  }
}

export type Evaluate = (frame: Frame) => PyValue;

/** What a statement asks its loop to do next. */
export type Signal = 0 | 1 | 2;
export const goOn: Signal = 0;
export const breakLoop: Signal = 1;
export const continueLoop: Signal = 2;

export type Execute = (frame: Frame, sink: Sink) => Signal;

/** A block's body, which runs as a function of its own. */
export interface CompiledBlock {
  readonly name: string;
  readonly fn: { readonly count: number };
  readonly run: Execute;
  readonly required: boolean;
}

/** For each block name its definitions, the most derived template's first. */
export type BlockTable = Map<string, CompiledBlock[]>;

/** One compiled template file. */
export interface Unit {
  readonly source: Source;
  readonly run: Execute;
  readonly slots: { readonly count: number };
  readonly blocks: ReadonlyMap<string, CompiledBlock>;
  /** The slots of the names that an import of it sees. */
  readonly exports: ReadonlyMap<string, number>;
  /** The name of the parent template; undefined without `extends`. */
  readonly parent: { readonly template: Evaluate; readonly site: Site } | undefined;
  /** Whether running it may change a map or a list in place. */
  readonly changesData: boolean;
}

/** What the frames of one template chain share. */
export interface Program {
  readonly blocks: BlockTable;
  /** The template of a path; null when there is none. Throws the RenderFailure of one that does not compile. */
  load(path: string): Unit | null;
}

/** Slots that nothing has been put in. */
export function emptySlots(fn: { readonly count: number }): (PyValue | undefined)[] {
  const slots: (PyValue | undefined)[] = [];
  for (let slot = 0; slot < fn.count; slot += 1) slots.push(undefined);
  return slots;
}
