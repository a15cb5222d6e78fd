import type { Event, Value } from '../../src/core/index.ts';
import { slsContext } from '../../src/engine/index.ts';
import { type Context, compileLeaf, compileSls, loadYaml, type Rendered } from '../../src/render/index.ts';
import type { SaltFacts } from '../../src/rules/index.ts';
import { envOf } from '../../test/differential/support/brine.ts';
import { type Case, corpus } from '../../test/differential/support/corpus.ts';

const facts: SaltFacts = { grains: new Map(), opts: new Map(), environ: new Map() };

/** A reactor file and an event, rendered in two ways. */
export interface Rendering {
  readonly name: string;
  /** Whether the event asks for anything: many only meet a condition that is not true. */
  readonly asks: boolean;
  /** As Brine does: the text's structure is known from earlier events. */
  readonly prepared: () => unknown;
  /** As a template engine and a YAML parser do: the text is made and parsed for each event. */
  readonly parsed: () => unknown;
}

/** Each file of the differential suite's corpus with each of its events that both ways accept. */
export function renderings(): Rendering[] {
  return corpus().flatMap((each) => Object.keys(each.files).flatMap((file) => renderingOf(each, file) ?? []));
}

function renderingOf(each: Case, file: string): Rendering | undefined {
  const text = each.files[file] ?? '';
  // Without Jinja there is nothing to render, and other formats than YAML have other parsers.
  if (text.startsWith('#!')) return undefined;
  const env = envOf(each.roots);
  const sls = compileSls({ file, text }, env);
  const leaf = compileLeaf({ file, text }, env);
  if (!sls.ok || !leaf.ok) return undefined;
  const event: Event = { id: 'bench-1', seq: 1, atMs: 0, tag: each.tag, data: each.data, head: {} };
  const context: Context = slsContext(event, file, facts);
  const prepared = (): Rendered<Value> => sls.value.render(context);
  const parsed = (): Rendered<Value> => {
    const made = leaf.value.build(context);
    return made.ok ? loadYaml({ file, text: typeof made.value === 'string' ? made.value : '' }) : made;
  };
  const high = prepared();
  if (!high.ok || !parsed().ok) return undefined;
  return { name: each.name, asks: high.value instanceof Map && high.value.size > 0, prepared, parsed };
}
