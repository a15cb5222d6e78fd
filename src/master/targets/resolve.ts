import { BrineError, didYouMean, type Value, type ValueMap } from '../../core/index.ts';
import { type CompoundNode, type CompoundTerm, parseCompound, termOf } from './compound.ts';
import { globTest, hasGlob } from './glob.ts';
import { ipcidrTest } from './ipcidr.ts';
import { expandNodeGroup, type NodeGroups } from './nodegroup.ts';
import { regexTest } from './regex.ts';
import { subdictMatch } from './subdict.ts';

/** What targets are resolved against. */
export interface Inventory {
  /** Ids of accepted minions, sorted. */
  readonly ids: readonly string[];
  has(id: string): boolean;
  /** What a minion last reported; undefined when it never did. */
  grains(id: string): ValueMap | undefined;
  readonly nodeGroups: NodeGroups;
}

export interface Resolved {
  readonly minions: readonly string[];
  /** Ids that a list names and nobody has. */
  readonly missing: readonly string[];
}

export const targetTypes: readonly string[] = [
  'glob',
  'pcre',
  'list',
  'grain',
  'grain_pcre',
  'compound',
  'nodegroup',
  'ipcidr',
];

/**
 * The minions that a target means. A minion that has reported no grains matches no target by grains.
 * Throws BAD_ARGUMENT when the target is not valid, UNSUPPORTED for target types of Salt that need a
 * pillar or a range server.
 */
export function resolveTarget(tgt: Value, tgtType: string, inventory: Inventory): Resolved {
  if (tgtType === 'list') return resolveList(listOf(tgt), inventory);
  if (tgtType === 'compound' || tgtType === 'nodegroup') {
    const words =
      tgtType === 'compound' ? compoundWords(tgt) : expandNodeGroup(textOf(tgt), inventory.nodeGroups);
    return resolveCompound(expandGroups(words, inventory.nodeGroups), inventory);
  }
  if (tgtType === 'glob' && typeof tgt === 'string' && !hasGlob(tgt))
    return { minions: inventory.has(tgt) ? [tgt] : [], missing: [] };
  const test = testOf(tgtType, textOf(tgt), ':', inventory);
  return { minions: inventory.ids.filter(test), missing: [] };
}

function testOf(
  type: string,
  text: string,
  delimiter: string,
  inventory: Inventory,
): (id: string) => boolean {
  const onGrains =
    (test: (grains: ValueMap) => boolean) =>
    (id: string): boolean => {
      const grains = inventory.grains(id);
      return grains !== undefined && test(grains);
    };
  switch (type) {
    case 'glob':
      return globTest(text);
    case 'pcre':
      return regexTest(text);
    case 'grain':
      return onGrains((grains) => subdictMatch(grains, text, { delimiter }));
    case 'grain_pcre':
      return onGrains((grains) => subdictMatch(grains, text, { delimiter, regex: true }));
    case 'ipcidr':
      return onGrains(ipcidrTest(text));
    default:
      throw unknownType(type);
  }
}

function unknownType(type: string): BrineError {
  if (['pillar', 'pillar_pcre', 'pillar_exact', 'range'].includes(type))
    return new BrineError('UNSUPPORTED', `Brine has no target type ${type}.`);
  const near = didYouMean(type, targetTypes);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return new BrineError('BAD_ARGUMENT', `There is no target type ${type}.${hint}`);
}

function resolveList(names: readonly string[], inventory: Inventory): Resolved {
  const distinct = [...new Set(names)];
  return {
    minions: distinct.filter((name) => inventory.has(name)),
    missing: distinct.filter((name) => !inventory.has(name)),
  };
}

function resolveCompound(words: readonly string[], inventory: Inventory): Resolved {
  const node = parseCompound(words);
  const missing = new Set<string>();
  const test = compile(node, inventory, missing, false);
  return { minions: inventory.ids.filter(test), missing: [...missing] };
}

const enginesToTypes: Readonly<Record<string, string>> = {
  '': 'glob',
  G: 'grain',
  P: 'grain_pcre',
  I: 'pillar',
  J: 'pillar_pcre',
  S: 'ipcidr',
  E: 'pcre',
  R: 'range',
};

function compile(
  node: CompoundNode,
  inventory: Inventory,
  missing: Set<string>,
  negated: boolean,
): (id: string) => boolean {
  switch (node.kind) {
    case 'term':
      return compileTerm(node, inventory, missing, negated);
    case 'not': {
      const inner = compile(node.inner, inventory, missing, !negated);
      return (id) => !inner(id);
    }
    case 'and':
    case 'or': {
      const left = compile(node.left, inventory, missing, negated);
      const right = compile(node.right, inventory, missing, negated);
      return node.kind === 'and' ? (id) => left(id) && right(id) : (id) => left(id) || right(id);
    }
  }
}

function compileTerm(
  term: CompoundTerm,
  inventory: Inventory,
  missing: Set<string>,
  negated: boolean,
): (id: string) => boolean {
  if (term.engine !== 'L')
    return testOf(enginesToTypes[term.engine] ?? term.engine, term.pattern, term.delimiter, inventory);
  const names = new Set(term.pattern.split(',').filter(Boolean));
  if (!negated) for (const name of names) if (!inventory.has(name)) missing.add(name);
  return (id) => names.has(id);
}

function expandGroups(words: readonly string[], groups: NodeGroups): string[] {
  return words.flatMap((word) => {
    const term = termOf(word);
    return term.engine === 'N' ? expandNodeGroup(term.pattern, groups) : [word];
  });
}

function compoundWords(tgt: Value): string[] {
  if (Array.isArray(tgt)) return tgt.map(textOf);
  return textOf(tgt).split(/\s+/).filter(Boolean);
}

/** A list target: a list, or names with commas between them. */
function listOf(tgt: Value): string[] {
  const items = Array.isArray(tgt) ? tgt.map(textOf) : textOf(tgt).split(',');
  return items.map((item) => item.trim()).filter(Boolean);
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new BrineError('BAD_ARGUMENT', 'A target is text, or a list of names for the type list.');
}
