import type { Value } from '../../core/index.ts';

/**
 * Where a running template puts its output, piece by piece. The three calls keep apart what the
 * template's author wrote and what data brought in: only the first may become structure.
 */
export interface Sink {
  /** Text of the template, or a string that its author wrote in an expression. */
  text(literal: string): void;
  /** The value of a `{{ … }}`: data, never text. It is plain (no runtime values of the template inside). */
  value(value: Value): void;
  /** What a serialiser (`json`, `yaml`, …) made of `value`: text that is well formed by construction. */
  serialised(value: Value, text: string): void;
}
