import type { Names, Runtime } from '../run/runtime.ts';
import type { PyValue } from '../run/values.ts';
import type { Sink } from '../sink.ts';
import type { BlockTable } from './unit.ts';

/** The variables of one running function of a template: the template itself, a macro, a block. */
export class Frame {
  readonly rt: Runtime;
  /** By slot; undefined is a name that has no value yet. */
  readonly vars: (PyValue | undefined)[];
  /** The frame around the function's definition. */
  readonly up: Frame | null;
  /** What names without a slot mean. */
  readonly names: Names;
  readonly blocks: BlockTable | null;

  constructor(
    rt: Runtime,
    vars: (PyValue | undefined)[],
    up: Frame | null,
    names: Names,
    blocks: BlockTable | null,
  ) {
    this.rt = rt;
    this.vars = vars;
    this.up = up;
    this.names = names;
    this.blocks = blocks;
  }
}

export type Evaluate = (frame: Frame) => PyValue;

/** What a statement asks its loop to do next. */
export type Signal = 0 | 1 | 2;
export const goOn: Signal = 0;
export const breakLoop: Signal = 1;
export const continueLoop: Signal = 2;

export type Execute = (frame: Frame, sink: Sink) => Signal;
