import type { Problem, Value } from '../../core/index.ts';
import type { Sink } from '../jinja/sink.ts';
import type { Slots } from '../yaml/index.ts';

/** Stands for a slot in collected text. YAML allows no control characters, so no template can mean it. */
export const mark = '\x01';

/**
 * Keeps what a running template puts out as text with marks and a list of slots. The text depends on the path
 * through the template, never on the data.
 */
export class Collector implements Sink, Slots {
  /** Where warnings about the data go, if anywhere. */
  readonly notes: Problem[] | undefined;
  out = '';
  readonly values: Value[] = [];
  readonly texts: (string | undefined)[] = [];

  constructor(notes?: Problem[]) {
    this.notes = notes;
  }

  text(literal: string): void {
    this.out += literal;
  }

  value(value: Value): void {
    this.out += mark;
    this.values.push(value);
    this.texts.push(undefined);
  }

  serialised(value: Value, text: string): void {
    this.out += mark;
    this.values.push(value);
    this.texts.push(text);
  }
}
