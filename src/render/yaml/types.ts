import type { Scalar } from 'yaml';
import type { Problem, Value } from '../../core/index.ts';

/** The data of one run: slot i holds `values[i]`; `texts[i]` is a serialiser's text for it, or undefined. */
export interface Slots {
  readonly values: readonly Value[];
  readonly texts: readonly (string | undefined)[];
  /** Where warnings about the data go, if anywhere. */
  readonly notes?: Problem[] | undefined;
}

/** Makes the value of a node, fresh in each call. Throws a RenderFailure. */
export type Build = (slots: Slots) => Value;

/** Where slots stand in the parsed text. */
export interface SlotMarks {
  /** The control character that stands for a slot. */
  readonly mark: string;
  /** The number of the first slot at or behind an offset. */
  slotAt(offset: number): number;
  /** The text between two offsets. */
  between(start: number, end: number): string;
}

/** The text of a scalar node, decoded. */
export function scalarText(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : '';
}
