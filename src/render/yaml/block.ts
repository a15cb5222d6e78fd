/** What the header and the lines of a block scalar say. */
export interface Block {
  /** Spaces that stand before each of its lines. */
  readonly indent: number;
  readonly folded: boolean;
  readonly chomping: Chomping;
  readonly lines: readonly string[];
}

type Chomping = 'clip' | 'strip' | 'keep';

/**
 * The block scalar that a text is, from its header on. With a number in the header the indentation depends on what
 * stands around it, so it is taken from the parser's reading of it. null when lines before the first one with
 * content have more blanks than that one, which is no YAML.
 */
export function blockOf(source: string, read?: string): Block | null {
  const [header = '', ...lines] = source.split(/\r?\n/);
  const [indicators = ''] = header.split(/[ \t]/);
  const indent = /\d/.test(indicators) ? givenIndent(lines, read ?? '') : foundIndent(lines);
  if (indent === null) return null;
  return {
    indent,
    folded: indicators.startsWith('>'),
    chomping: indicators.includes('-') ? 'strip' : indicators.includes('+') ? 'keep' : 'clip',
    lines,
  };
}

function blanksOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function foundIndent(lines: readonly string[]): number | null {
  const first = lines.findIndex((line) => /[^ ]/.test(line));
  if (first < 0) return Math.max(0, ...lines.map(blanksOf));
  const indent = blanksOf(lines[first] as string);
  return lines.slice(0, first).some((line) => line.length > indent) ? null : indent;
}

/** Lines up to the first one with content are neither folded nor joined: they have the same numbers in both. */
function givenIndent(lines: readonly string[], read: string): number | null {
  const first = lines.findIndex((line) => /[^ ]/.test(line));
  if (first < 0) return null;
  return blanksOf(lines[first] as string) - blanksOf(read.split('\n')[first] ?? '');
}

/**
 * The text of a block scalar. Unlike in the parser's reading, blanks behind the indentation are content in its last
 * lines, too.
 */
export function blockText({ indent, folded, chomping, lines }: Block): string {
  let text = '';
  let before: string | undefined;
  /** Line breaks since the last line with content. */
  let breaks = 0;
  for (const [at, line] of lines.entries()) {
    const content = line.slice(indent);
    if (content !== '') {
      const joined = folded && before !== undefined && !/^[ \t]/.test(before) && !/^[ \t]/.test(content);
      if (!joined) text += '\n'.repeat(breaks);
      else text += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
      text += content;
      before = content;
      breaks = 0;
    }
    if (at < lines.length - 1) breaks += 1;
  }
  if (chomping === 'keep') return text + '\n'.repeat(breaks);
  return chomping === 'clip' && text !== '' && breaks > 0 ? `${text}\n` : text;
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
