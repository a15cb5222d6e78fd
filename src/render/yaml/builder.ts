import { isAlias, isCollection, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import type { Value, ValueMap } from '../../core/index.ts';
import { checkHashable, mapFind, PyError, pyStr } from '../python/index.ts';
import { depthMax, failure, type Locate, tooDeep } from './parse.ts';
import { buildScalar } from './slots.ts';
import { taggedScalar } from './tags.ts';
import { guardTextArgs } from './text-args.ts';
import { type Build, type SlotMarks, type Slots, scalarText } from './types.ts';

/** Nodes that all aliases together may repeat. */
const repeatedMax = 100_000;

interface Compiling {
  readonly locate: Locate;
  readonly marks: SlotMarks | null;
  readonly anchors: Map<string, { build: Build; nodes: number } | null>;
  depth: number;
  nodes: number;
  /** Brackets around. */
  flow: number;
}

/** Compiles a parsed document into a builder. Throws a RenderFailure for what no data could make right. */
export function compileNodes(root: ParsedNode | null, locate: Locate, marks: SlotMarks | null): Build {
  return compile(root, { locate, marks, anchors: new Map(), depth: 0, nodes: 0, flow: 0 });
}

function compile(node: ParsedNode | null, state: Compiling): Build {
  if (node === null) return () => null;
  if (isAlias(node)) return compileAlias(node.source, node.range[0], state);
  const anchor = 'anchor' in node ? node.anchor : undefined;
  const tag = 'tag' in node ? node.tag : undefined;
  if (state.marks !== null && `${anchor ?? ''}${tag ?? ''}`.includes(state.marks.mark)) {
    const message = 'An expression cannot be part of an anchor or a tag.';
    throw failure(state.locate, node.range[0], 'YAML_SLOT_IN_NAME', message);
  }
  if (anchor === undefined) return compileContent(node, state);
  state.anchors.set(anchor, null);
  const before = state.nodes;
  const { build, again } = remembered(compileContent(node, state));
  state.anchors.set(anchor, { build: again, nodes: state.nodes - before });
  return build;
}

/** What an anchor names is one object for all its aliases: a change through one of them shows at the others. */
function remembered(make: Build): { build: Build; again: Build } {
  let made: { readonly slots: Slots; readonly value: Value } | undefined;
  const build: Build = (slots) => {
    made = { slots, value: make(slots) };
    return made.value;
  };
  return { build, again: (slots) => (made?.slots === slots ? made.value : build(slots)) };
}

function compileAlias(name: string, offset: number, state: Compiling): Build {
  const target = state.anchors.get(name);
  if (target === undefined)
    throw failure(state.locate, offset, 'YAML_ALIAS', `Found undefined alias '${name}'.`);
  if (target === null)
    throw failure(state.locate, offset, 'YAML_ALIAS', `The alias '${name}' stands within its own anchor.`);
  count(target.nodes, offset, state);
  return target.build;
}

function count(nodes: number, offset: number, state: Compiling): void {
  state.nodes += nodes;
  if (state.nodes > repeatedMax)
    throw failure(state.locate, offset, 'YAML_TOO_LARGE', `Aliases repeat more than ${repeatedMax} nodes.`);
}

function compileContent(node: ParsedNode, state: Compiling): Build {
  const offset = node.range[0];
  if (state.anchors.size > 0) count(1, offset, state);
  if (state.depth >= depthMax) throw tooDeep(state.locate, offset);
  const tag = 'tag' in node ? node.tag : undefined;
  if (isScalar(node)) {
    if (tag === undefined && node.type === 'PLAIN') checkIndicator(node.value, offset, state.locate);
    const build = buildScalar(node, state.marks, { offset, flow: state.flow > 0, locate: state.locate });
    return tag === undefined ? build : taggedScalar(tag, node, build, state.locate);
  }
  checkCollectionTag(tag, isMap(node), offset, state.locate);
  state.depth += 1;
  const inFlow = isCollection(node) && node.flow === true ? 1 : 0;
  state.flow += inFlow;
  const build = isSeq(node)
    ? compileSeq(node.items as ParsedNode[], state)
    : compileMap(node as YAMLMap.Parsed, state);
  state.depth -= 1;
  state.flow -= inFlow;
  return build;
}

/** YAML 1.1 gives two plain scalars a type of their own that Salt's loader has nothing for. */
function checkIndicator(text: unknown, offset: number, locate: Locate): void {
  if (text !== '=' && text !== '<<') return;
  const tag = `tag:yaml.org,2002:${text === '=' ? 'value' : 'merge'}`;
  const message = `Could not determine a constructor for the tag '${tag}'.`;
  throw failure(locate, offset, 'YAML_TAG', message, `Quote it: '${text}'.`);
}

function checkCollectionTag(tag: string | undefined, map: boolean, offset: number, locate: Locate): void {
  if (tag === undefined || tag === '!' || tag === `tag:yaml.org,2002:${map ? 'map' : 'seq'}`) return;
  throw failure(locate, offset, 'YAML_TAG', `Could not determine a constructor for the tag '${tag}'.`);
}

function compileSeq(items: readonly ParsedNode[], state: Compiling): Build {
  const builds = items.map((item) => compile(item, state));
  const last = lastSlot(items, state);
  return (slots) => {
    const list: Value[] = [];
    for (const build of builds) list.push(build(slots));
    // Brackets may end with a comma, so what is empty there is no item.
    if (last !== undefined && (slots.texts[last] ?? slots.values[last]) === '') list.pop();
    return list;
  };
}

/** The slot that is the whole last item between brackets. */
function lastSlot(items: readonly ParsedNode[], { marks, flow }: Compiling): number | undefined {
  const item = items.at(-1);
  if (marks === null || flow === 0 || !isScalar(item) || item.type !== 'PLAIN' || item.tag !== undefined)
    return undefined;
  return scalarText(item) === marks.mark ? marks.slotAt(item.range[0]) : undefined;
}

interface Member {
  /** undefined when the key holds slots or is not a scalar. */
  readonly fixed: Value | undefined;
  readonly key: Build;
  readonly value: Build;
  readonly offset: number;
}

function compileMap(node: YAMLMap.Parsed, state: Compiling): Build {
  const members: Member[] = [];
  const merges: { build: Build; offset: number }[] = [];
  for (const pair of node.items) {
    const offset = pair.key === null ? node.range[0] : pair.key.range[0];
    const value = guardTextArgs(pair, compile(pair.value, state), state);
    if (isMergeKey(pair.key)) merges.push({ build: value, offset });
    else members.push({ ...compileKey(pair.key, state), value, offset });
  }
  const fixed = members.every((member) => member.fixed !== undefined);
  if (merges.length > 0)
    return (slots) => mergeMaps(merges, buildMembers(members, slots, state.locate), slots, state.locate);
  if (!fixed) return (slots) => buildMembers(members, slots, state.locate);
  buildKeys(members, state.locate);
  return (slots) => {
    const map: ValueMap = new Map();
    for (const member of members) map.set(member.fixed as Value, member.value(slots));
    return map;
  };
}

function isMergeKey(key: ParsedNode | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<' && key.tag === undefined;
}

const noSlots: Slots = { values: [], texts: [] };

function compileKey(key: ParsedNode | null, state: Compiling): { fixed: Value | undefined; key: Build } {
  const build = compile(key, state);
  const mark = state.marks?.mark;
  const isFixed = key === null || (isScalar(key) && (mark === undefined || !scalarText(key).includes(mark)));
  return { fixed: isFixed ? build(noSlots) : undefined, key: build };
}

/** Refuses equal keys among keys that are known before any data. */
function buildKeys(members: readonly Member[], locate: Locate): void {
  const seen: ValueMap = new Map();
  for (const member of members) addKey(seen, member.fixed as Value, null, member.offset, locate);
}

function buildMembers(members: readonly Member[], slots: Slots, locate: Locate): ValueMap {
  const map: ValueMap = new Map();
  for (const { fixed, key, value, offset } of members) {
    addKey(map, fixed === undefined ? key(slots) : fixed, value(slots), offset, locate);
  }
  return map;
}

function addKey(map: ValueMap, key: Value, value: Value, offset: number, locate: Locate): void {
  try {
    checkHashable(key);
  } catch (error) {
    if (!(error instanceof PyError)) throw error;
    const message = `Invalid YAML, possible double curly-brace: ${error.message}, so it cannot be a key.`;
    throw failure(
      locate,
      offset,
      'YAML_UNHASHABLE_KEY',
      message,
      'Quote the value if it is a template expression.',
    );
  }
  if (mapFind(map, key) !== undefined)
    throw failure(
      locate,
      offset,
      'YAML_DUPLICATE_KEY',
      `Found conflicting ID '${pyStr(key)}'.`,
      'Keys of one map must differ.',
    );
  map.set(key, value);
}

/** `<<`: what is merged stands first, keys of the map itself win, and merged maps must not overlap. */
function mergeMaps(
  merges: readonly { build: Build; offset: number }[],
  own: ValueMap,
  slots: Slots,
  locate: Locate,
): ValueMap {
  const result: ValueMap = new Map();
  for (const { build, offset } of merges) {
    const merged = build(slots);
    const maps = Array.isArray(merged) ? [...merged].reverse() : [merged];
    for (const map of maps) {
      if (!(map instanceof Map))
        throw failure(locate, offset, 'YAML_MERGE', 'Expected a mapping or list of mappings for merging.');
      for (const [key, value] of map) {
        if (mapFind(own, key) === undefined) addKey(result, key, value, offset, locate);
      }
    }
  }
  for (const [key, value] of own) addKey(result, key, value, merges[0]?.offset ?? 0, locate);
  return result;
}
