import { isCollection, isScalar, isSeq, type Pair, type ParsedNode, visit } from 'yaml';
import type { Value } from '../../core/index.ts';
import { failure, type Locate, parseNodes } from './parse.ts';
import { type Build, type SlotMarks, scalarText } from './types.ts';

/** Where the keys of a reaction stand: ID, function, the list below it, one of its maps. */
const reactionDepth = 4;

/**
 * `args` of a reaction may be the text of a YAML list: Salt parses it before it calls the function. When that text
 * comes from data it would be data that becomes arguments, so it is refused.
 */
export function guardTextArgs(
  pair: Pair<ParsedNode, ParsedNode | null>,
  build: Build,
  { depth, marks, locate }: { depth: number; marks: SlotMarks | null; locate: Locate },
): Build {
  const { key, value } = pair;
  if (marks === null || depth !== reactionDepth || !isScalar(key) || key.value !== 'args') return build;
  if (value === null || isCollection(value)) return build;
  if (isScalar(value) && !scalarText(value).includes(marks.mark)) return build;
  return (slots) => {
    const made = build(slots);
    if (typeof made === 'string') refuseList(made, value.range[0], locate);
    return made;
  };
}

/** Other text is refused later, with the reaction that it belongs to and no other. */
function refuseList(text: string, offset: number, locate: Locate): void {
  if (!isList(text)) return;
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  throw failure(
    locate,
    offset,
    'DATA_AS_STRUCTURE',
    `The text ${shown} comes from data. Salt would make arguments of it; Brine does not.`,
    "Write '{{ … | load_yaml }}' to mean a list, or name each argument: '- name: {{ … }}'.",
  );
}

/**
 * The same in finished values, wherever the text came through: an alias, a merged map, a serialiser, another format.
 * `own` holds the texts that the file's author wrote. Throws a RenderFailure at the place of the reaction's ID.
 */
export function refuseTextArgs(
  high: Value,
  locate: Locate,
  offsetOf: (id: Value) => number = () => 0,
  own: ReadonlySet<string> = new Set(),
): void {
  if (!(high instanceof Map)) return;
  for (const [id, reaction] of high)
    for (const list of members(reaction))
      for (const item of Array.isArray(list) ? list : []) {
        const args = item instanceof Map ? item.get('args') : undefined;
        if (typeof args === 'string' && !own.has(args)) refuseList(args, offsetOf(id), locate);
      }
}

/** Scalars without slots that may be the text of a list. */
export function listTexts(root: ParsedNode | null, mark: string): ReadonlySet<string> {
  const found = new Set<string>();
  if (root !== null)
    visit(root, {
      Scalar(_key, { value }) {
        if (typeof value === 'string' && /^\s*[-[#!&%]/.test(value) && !value.includes(mark))
          found.add(value);
      },
    });
  return found;
}

function members(value: Value): Iterable<Value> {
  return value instanceof Map ? value.values() : [];
}

function isList(text: string): boolean {
  try {
    return isSeq(parseNodes(text, () => ({ file: '', line: 1, column: 1, source: '' })));
  } catch {
    return false;
  }
}
