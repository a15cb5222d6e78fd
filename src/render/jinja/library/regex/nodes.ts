/** Whether one character, as its code point, is meant. */
export type CharTest = (code: number) => boolean;

export type Place = 'start' | 'end' | 'line-start' | 'line-end' | 'last-end' | 'word' | 'inside';

/** How a repetition takes what it could give back. */
export type Greed = 'greedy' | 'lazy' | 'possessive';

/** A parsed pattern. */
export type Node =
  | { readonly type: 'one'; readonly test: CharTest }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly body: Node;
      readonly min: number;
      readonly max: number;
      readonly greed: Greed;
    }
  | { readonly type: 'group'; readonly index: number; readonly body: Node }
  | { readonly type: 'atomic'; readonly body: Node }
  | {
      readonly type: 'reference';
      readonly index: number;
      readonly ignoreCase: boolean;
      readonly width: number | undefined;
    }
  | { readonly type: 'condition'; readonly index: number; readonly body: Node; readonly otherwise: Node }
  | { readonly type: 'look'; readonly behind: number | null; readonly negative: boolean; readonly body: Node }
  | { readonly type: 'place'; readonly place: Place; readonly isWord: CharTest };

export interface Pattern {
  readonly root: Node;
  /** How many groups it has, and the numbers of those with a name. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** What a pattern breaks, in Python's words. */
export class PatternError extends Error {}

/** The characters that a node takes; undefined when that is not a fixed number. */
export function widthOf(node: Node): number | undefined {
  switch (node.type) {
    case 'one':
      return 1;
    case 'sequence':
      return node.items.reduce<number | undefined>((sum, item) => plus(sum, widthOf(item)), 0);
    case 'choice':
      return same(node.options);
    case 'repeat': {
      const width = node.max === 0 ? 0 : widthOf(node.body);
      return node.min === node.max && width !== undefined ? width * node.min : width === 0 ? 0 : undefined;
    }
    case 'group':
    case 'atomic':
      return widthOf(node.body);
    case 'condition':
      return same([node.body, node.otherwise]);
    case 'reference':
      return node.width;
    default:
      return 0;
  }
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function same(options: readonly Node[]): number | undefined {
  const [first, ...others] = options.map(widthOf);
  return others.every((width) => width === first) ? first : undefined;
}
