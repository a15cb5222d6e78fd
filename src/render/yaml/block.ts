import type { Scalar } from 'yaml';
import type { SlotMarks } from './types.ts';

/** What the header and the lines of a block scalar say. */
export interface Block {
  /** Spaces that stand before each of its lines. */
  readonly indent: number;
  readonly folded: boolean;
  readonly chomping: 'clip' | 'strip' | 'keep';
}

/** The block scalar of a node that holds slots. */
export function blockOf(node: Scalar.Parsed, marks: SlotMarks): Block {
  const [header = '', ...lines] = marks.between(node.range[0], node.range[1]).split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/[^ ]/));
  return {
    indent: indents.length === 0 ? 0 : Math.min(...indents),
    folded: node.type === 'BLOCK_FOLDED',
    chomping: header.includes('-') ? 'strip' : header.includes('+') ? 'keep' : 'clip',
  };
}

/** Prepared text (`| indent(8)`) as it reads in the block, if its further lines are indented like the block. */
export function outdent(text: string, block: Block): string {
  if (block.indent === 0 || !text.includes('\n')) return text;
  const [first = '', ...others] = text.split('\n');
  const prefix = ' '.repeat(block.indent);
  if (!others.every((line) => line.startsWith(prefix) || /^ *$/.test(line))) return text;
  const lines = [first, ...others.map((line) => line.slice(block.indent))].join('\n');
  return block.folded ? lines.replace(/([^\n])\n(?=[^\n ])/g, '$1 ').replace(/\n(\n+)/g, '$1') : lines;
}

/** The end of the block's text after its slots are filled in. */
export function chomp(text: string, { chomping }: Block): string {
  if (chomping === 'keep') return text;
  const end = text.replace(/\n+$/, '');
  return chomping === 'strip' || end === '' || end === text ? end : `${end}\n`;
}
