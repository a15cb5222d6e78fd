import { type LowChunk, PyFloat, type Value } from '../../core/index.ts';
import { fnmatch } from '../../match/index.ts';
import { compareText, pyStr } from '../../render/index.ts';

/** The requisites that order chunks, from the weakest to the strongest. */
const kinds = [
  'onfail',
  'onfail_any',
  'onfail_all',
  'require',
  'require_any',
  'onchanges',
  'onchanges_any',
  'watch',
  'watch_any',
  'prereq',
] as const;

interface Edge {
  readonly to: Node;
  readonly weight: number;
}

/** A chunk and the chunks that must come after it. */
interface Node {
  readonly chunk: LowChunk;
  readonly id: string;
  /** The `order` that its file gives it; none counts as later than any. */
  readonly given: Value | undefined;
  readonly after: Edge[];
  waitsFor: number;
}

/** Why Salt stops every reaction of the event when it compiles this chunk. */
export interface Refusal {
  readonly chunk: LowChunk;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export type OrderedByRequisites =
  | { readonly ok: true; readonly chunks: LowChunk[] }
  | { readonly ok: false; readonly refusal: Refusal };

export function hasRequisites(chunk: LowChunk): boolean {
  return kinds.some((kind) => chunk.has(kind));
}

/**
 * Salt 3008's order: a chunk comes after what it requires; among those that are free to run the one with the
 * lowest `order` comes first, lowered to one that its file gives to a chunk that waits for it, then by type, name and
 * function. The chunks come with their `order` as a number; `given` has what their files say.
 */
export function orderByRequisites(
  chunks: readonly LowChunk[],
  given: ReadonlyMap<LowChunk, Value>,
): OrderedByRequisites {
  const nodes = chunks.map(
    (chunk): Node => ({ chunk, id: nodeId(chunk), given: given.get(chunk), after: [], waitsFor: 0 }),
  );
  for (const node of nodes) {
    const message = connect(node, nodes);
    if (message !== undefined) return { ok: false, refusal: refusal(node.chunk, message) };
  }
  const ready = nodes.filter(({ waitsFor }) => waitsFor === 0);
  const ordered: LowChunk[] = [];
  for (let next = takeFirst(ready); next !== undefined; next = takeFirst(ready)) {
    ordered.push(next.chunk);
    for (const { to } of next.after) {
      to.waitsFor -= 1;
      if (to.waitsFor === 0) ready.push(to);
    }
  }
  const stuck = nodes.find(({ waitsFor }) => waitsFor > 0);
  if (stuck === undefined) return { ok: true, chunks: ordered };
  return { ok: false, refusal: refusal(stuck.chunk, 'its requisites go round in a circle') };
}

function refusal(chunk: LowChunk, message: string): Refusal {
  const hint = 'Salt 3008 stops every reaction of the event for this; older releases ignore requisites here.';
  return { chunk, code: 'SLS_REQUISITE', message, hint };
}

function text(chunk: LowChunk, key: string): string {
  return pyStr(chunk.get(key) ?? null);
}

/** What Salt 3008 tells chunks apart by. */
export function nodeId(chunk: LowChunk): string {
  return ['state', '__id__', 'name', 'fun'].map((key) => text(chunk, key)).join('_|-');
}

/** Adds the chunk's requisites as edges; what is wrong with them otherwise. */
function connect(node: Node, nodes: readonly Node[]): string | undefined {
  const seen = new Set<string>();
  for (const [weight, kind] of kinds.entries()) {
    const references = node.chunk.get(kind);
    for (const reference of Array.isArray(references) ? references : []) {
      const pair = typeof reference === 'string' ? (['id', reference] as const) : firstPair(reference);
      if (pair === undefined || pair[1] === null) continue;
      const [type, name] = [pyStr(pair[0]).split('.', 1)[0] ?? '', pair[1]];
      if (typeof name !== 'string') return `the requisite '${kind}: ${type}' must name one reaction`;
      const found = nodes.filter((other) => isNamed(other.chunk, type, name));
      if (found.length === 0 && !(type === 'sls' && isGlob(name)))
        return `'${kind}: ${type}: ${name}' names no reaction of this event`;
      for (const other of found) addEdge(other, node, kind, weight, seen);
    }
  }
  return undefined;
}

function addEdge(first: Node, then: Node, kind: string, weight: number, seen: Set<string>): void {
  const key = `${kind}\0${first.id}`;
  if (seen.has(key)) return;
  seen.add(key);
  // With prereq it is the other way round: this one runs before what it names.
  const [from, to] = kind === 'prereq' ? [then, first] : [first, then];
  from.after.push({ to, weight });
  to.waitsFor += 1;
}

function firstPair(reference: Value): readonly [Value, Value] | undefined {
  return reference instanceof Map ? reference.entries().next().value : undefined;
}

function isGlob(name: string): boolean {
  return /[*?[\]]/.test(name);
}

function isNamed(chunk: LowChunk, type: string, name: string): boolean {
  const names = type === 'sls' ? [text(chunk, '__sls__')] : [text(chunk, 'name'), text(chunk, '__id__')];
  if (type !== 'sls' && type !== 'id' && text(chunk, 'state') !== type) return false;
  return names.some((given) => (isGlob(name) ? fnmatch(given, name) : given === name));
}

/** Takes the node that comes first out of those that wait for nothing. */
function takeFirst(ready: Node[]): Node | undefined {
  let best = 0;
  for (let at = 1; at < ready.length; at += 1)
    if (comesBefore(ready[at] as Node, ready[best] as Node)) best = at;
  return ready.splice(best, 1)[0];
}

function comesBefore(a: Node, b: Node): boolean {
  const byNeed = effectiveOrder(a) - effectiveOrder(b);
  if (byNeed !== 0) return byNeed < 0;
  const byOrder = orderOf(a) - orderOf(b);
  if (byOrder !== 0) return byOrder < 0;
  return (compareText(label(a), label(b)) || compareText(a.id, b.id)) < 0;
}

function label({ chunk }: Node): string {
  return text(chunk, 'state') + text(chunk, 'name') + text(chunk, 'fun');
}

function orderOf({ chunk }: Node): number {
  const order = chunk.get('order');
  return order instanceof PyFloat ? order.value : Number(order);
}

/** A chunk that others wait for goes as early as the earliest order given to them, by their strongest requisite. */
function effectiveOrder(node: Node): number {
  let strongest = -1;
  let least = orderOf(node);
  for (const { to, weight } of node.after) {
    if (weight < strongest) continue;
    strongest = weight;
    least = Math.min(least, givenOrder(to));
  }
  return least;
}

function givenOrder(node: Node): number {
  const { given } = node;
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (typeof given === 'number' || typeof given === 'bigint' || typeof given === 'boolean')
    return Number(given);
  return orderOf(node);
}
