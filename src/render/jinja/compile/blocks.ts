import type { Names } from '../run/runtime.ts';
import { Callable, CaptureSink, PyObject, type PyValue, type TemplateText } from '../run/values.ts';
import type { Sink } from '../sink.ts';
import { emptySlots, Frame } from './frame.ts';

/** The names that a block, or another template, sees of a frame. */
export type SeenNames = (frame: Frame) => Names;

/** Runs the definition of a block at a place in its chain; `super()` is the next one. */
export function runBlock(frame: Frame, name: string, depth: number, seen: SeenNames, sink: Sink): void {
  const block = frame.program.blocks.get(name)?.[depth];
  const { rt, program } = frame;
  if (block === undefined) return rt.fail('TEMPLATE_UNDEFINED', `there is no parent block called '${name}'`);
  if (block.required) rt.fail('TEMPLATE_UNDEFINED', `the required block '${name}' is not defined`);
  const capture = (from: number): TemplateText => {
    const sinkOf = new CaptureSink();
    runBlock(frame, name, from, seen, sinkOf);
    return sinkOf.take();
  };
  const special = new Map<string, PyValue>([
    ['super', new Callable('super', () => capture(depth + 1))],
    ['self', new Self(frame, seen)],
  ]);
  rt.enter();
  const inner = new Frame(rt, emptySlots(block.fn), null, { names: special, parent: seen(frame) }, program);
  block.run(inner, sink);
  rt.leave();
}

/** `self.name()` puts a block out again. */
export class Self extends PyObject {
  readonly typeName = 'TemplateReference';
  readonly #frame: Frame;
  readonly #seen: SeenNames;

  constructor(frame: Frame, seen: SeenNames) {
    super();
    this.#frame = frame;
    this.#seen = seen;
  }

  override attribute(name: string): PyValue | undefined {
    if (!this.#frame.program.blocks.has(name)) return undefined;
    return new Callable(name, () => {
      const capture = new CaptureSink();
      runBlock(this.#frame, name, 0, this.#seen, capture);
      return capture.take();
    });
  }
}
