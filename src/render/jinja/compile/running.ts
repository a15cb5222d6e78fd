import { collect, type RenderEnv, type Rendered, RenderFailure, type Source } from '../../types.ts';
import { str } from '../run/convert.ts';
import type { Names, Runtime } from '../run/runtime.ts';
import type { PyValue } from '../run/values.ts';
import type { Sink } from '../sink.ts';
import { Self } from './blocks.ts';
import { type BlockTable, emptySlots, Frame, type Program, type Unit } from './frame.ts';

/** The templates that one template loads, each compiled once. */
export class Units {
  readonly #env: RenderEnv;
  readonly #compile: (source: Source) => Unit;
  readonly #units = new Map<string, Rendered<Unit> | null>();

  constructor(env: RenderEnv, compile: (source: Source) => Unit) {
    this.#env = env;
    this.#compile = compile;
  }

  /** null when there is no such template. Throws the RenderFailure of one that does not compile. */
  readonly load = (path: string): Unit | null => {
    let found = this.#units.get(path);
    if (found === undefined) {
      const source = this.#env.load(path);
      found = source === null ? null : collect(() => this.#compile(source));
      this.#units.set(path, found);
    }
    if (found === null) return null;
    if (found.ok) return found.value;
    const [problem] = found.problems;
    throw problem === undefined ? new TypeError('a failure without a problem') : new RenderFailure(problem);
  };
}

type TemplateUnits = Pick<Program, 'load'>;
const noBlocks: BlockTable = new Map();

/** The blocks of the derived templates, with this template's behind them. */
function withBlocks(unit: Unit, derived: BlockTable = new Map()): BlockTable {
  for (const [name, block] of unit.blocks) {
    const chain = derived.get(name);
    if (chain === undefined) derived.set(name, [block]);
    else chain.push(block);
  }
  return derived;
}

/** Runs a template and then, when it extends one, its parent with its blocks. */
export function runUnit(
  unit: Unit,
  rt: Runtime,
  names: Names,
  sink: Sink,
  units: TemplateUnits,
  derived?: BlockTable,
): Frame {
  const blocks = unit.blocks.size === 0 && derived === undefined ? noBlocks : withBlocks(unit, derived);
  const program: Program = { blocks, load: units.load };
  const special = new Map<string, PyValue>();
  const seen = blocks === noBlocks ? names : { names: special, parent: names };
  const frame = new Frame(rt, emptySlots(unit.slots), null, seen, program);
  if (blocks !== noBlocks)
    special.set('self', new Self(frame, () => ({ names: exportsOf(unit, frame), parent: seen })));
  if (unit.parent === undefined) {
    unit.run(frame, sink);
    return frame;
  }
  // What stands beside the blocks of a derived template is evaluated, but puts nothing out.
  unit.run(frame, silentSink);
  runParent(unit.parent, unit, frame, sink);
  return frame;
}

function runParent(parent: NonNullable<Unit['parent']>, unit: Unit, frame: Frame, sink: Sink): void {
  const { rt } = frame;
  rt.at = parent.site;
  const path = str(rt, parent.template(frame));
  const target = frame.program.load(path) ?? notFound(rt, path);
  rt.enter();
  runUnit(
    target,
    rt,
    { names: exportsOf(unit, frame), parent: frame.names },
    sink,
    frame.program,
    frame.program.blocks,
  );
  rt.leave();
}

export function exportsOf(unit: Unit, frame: Frame): Map<string, PyValue> {
  const names = new Map<string, PyValue>();
  for (const [name, slot] of unit.exports) {
    const value = frame.vars[slot];
    if (value !== undefined) names.set(name, value);
  }
  return names;
}

/** Output of a derived template outside its blocks, which Jinja drops; its blocks do not run there. */
export const silentSink: Sink = {
  text: () => undefined,
  value: () => undefined,
  serialised: () => undefined,
};

export function notFound(rt: Runtime, path: string): never {
  return rt.fail(
    'TEMPLATE_NOT_FOUND',
    `there is no template '${path}'`,
    'templates are looked up in file_roots',
  );
}
