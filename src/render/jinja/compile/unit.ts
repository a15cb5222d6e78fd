import { collect, type RenderEnv, type Rendered, RenderFailure, type Source } from '../../types.ts';
import { mutatingMethods } from '../library/methods/index.ts';
import { type Node, parseTemplate } from '../parse/index.ts';
import { str } from '../run/convert.ts';
import type { Names, Runtime } from '../run/runtime.ts';
import type { PyValue } from '../run/values.ts';
import type { Sink } from '../sink.ts';
import { type CompiledBlock, Compiler } from './compiler.ts';
import { type Evaluate, type Execute, Frame } from './frame.ts';
import { FunctionSlots, Scope } from './scope.ts';

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
  /** The name of the parent template, evaluated where `extends` stands; undefined without one. */
  readonly parent: { readonly template: Evaluate; readonly site: Runtime['at'] } | undefined;
  readonly changesData: boolean;
}

/** Compiles a template. Throws a RenderFailure. */
export function compileUnit(source: Source): Unit {
  const root = parseTemplate(source);
  const scope = new Scope(new FunctionSlots(null), null);
  const c = new Compiler(source, scope);
  const extension = root.children.find((child) => child.typename === 'Extends');
  const run = c.body(root);
  return {
    source,
    run,
    slots: scope.fn,
    blocks: c.blocks,
    exports: new Map([...scope.own()].filter(([name]) => !name.startsWith('_'))),
    parent:
      extension === undefined
        ? undefined
        : { template: c.plain(extension.template), site: c.site(extension) },
    changesData: changesData(root),
  };
}

/**
 * Whether a render may change a map or a list in place. Then it gets copies, because the event's data is
 * shared by all rules. A template that loads others is taken for one that does.
 */
export function changesData(node: object): boolean {
  if ('typename' in node) {
    const { typename } = node as Node;
    if (['Include', 'Import', 'FromImport', 'Extends'].includes(typename)) return true;
    if (typename === 'Attribute' && mutatingMethods.has((node as Node<'Attribute'>).name)) return true;
    if (typename === 'Literal' && mutatingMethods.has(String((node as Node<'Literal'>).value))) return true;
    if (typename === 'Filter' && changingFilters.has((node as Node<'Filter'>).name)) return true;
  }
  return Object.values(node).some(
    (child: unknown) => typeof child === 'object' && child !== null && changesData(child),
  );
}

const changingFilters: ReadonlySet<string> = new Set(['attr', 'method_call']);

/** The templates that one template loads, each compiled once. */
export class Units {
  readonly #env: RenderEnv;
  readonly #units = new Map<string, Rendered<Unit> | null>();

  constructor(env: RenderEnv) {
    this.#env = env;
  }

  /** null when there is no such template. Throws the RenderFailure of one that does not compile. */
  load(path: string): Unit | null {
    let found = this.#units.get(path);
    if (found === undefined) {
      const source = this.#env.load(path);
      found = source === null ? null : collect(() => compileUnit(source));
      this.#units.set(path, found);
    }
    if (found === null) return null;
    if (found.ok) return found.value;
    const [problem] = found.problems;
    throw problem === undefined ? new TypeError('a failure without a problem') : new RenderFailure(problem);
  }
}

/** Runs a template and then, when it extends one, its parent with its blocks. */
export function runUnit(
  unit: Unit,
  rt: Runtime,
  names: Names,
  sink: Sink,
  blocks: BlockTable = new Map(),
): Frame {
  for (const [name, block] of unit.blocks) {
    const chain = blocks.get(name);
    if (chain === undefined) blocks.set(name, [block]);
    else chain.push(block);
  }
  const frame = new Frame(rt, new Array<PyValue | undefined>(unit.slots.count), null, names, blocks);
  if (unit.parent === undefined) {
    unit.run(frame, sink);
    return frame;
  }
  // What stands beside the blocks of a derived template is evaluated, but puts nothing out.
  unit.run(frame, silentSink);
  runParent(unit.parent, unit, frame, sink, blocks);
  return frame;
}

function runParent(
  parent: NonNullable<Unit['parent']>,
  unit: Unit,
  frame: Frame,
  sink: Sink,
  blocks: BlockTable,
): void {
  const { rt } = frame;
  rt.at = parent.site;
  const target = loadNamed(rt, parent.template(frame));
  rt.enter();
  runUnit(target, rt, { names: exportsOf(unit, frame), parent: frame.names }, sink, blocks);
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

function loadNamed(rt: Runtime, value: PyValue): Unit {
  const path = str(rt, value);
  const unit = rt.units.load(path);
  return unit === null ? notFound(rt, path) : unit;
}

export function notFound(rt: Runtime, path: string): never {
  return rt.fail(
    'TEMPLATE_NOT_FOUND',
    `there is no template '${path}'`,
    'templates are looked up in file_roots',
  );
}
