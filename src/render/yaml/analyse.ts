import { isImplicit } from './scalar.ts';

/** What a text allows when it is written as a YAML scalar. */
export interface Analysis {
  readonly multiline: boolean;
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly singleQuoted: boolean;
}

const breaks = '\n\x85\u2028\u2029';
const blank = (character: string | undefined): boolean =>
  character === undefined || `\0 \t\r${breaks}`.includes(character);

/** Decides as libyaml does which styles would read back as the same text. */
export function analyse(text: string): Analysis {
  if (text === '') return { multiline: false, flowPlain: false, blockPlain: true, singleQuoted: true };
  const { flow, block } = indicators(text);
  const multiline = /[\n\x85\u2028\u2029]/.test(text);
  const special = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text);
  const edges = /^[ \n\x85\u2028\u2029]|[ \n\x85\u2028\u2029]$/.test(text);
  const breakSpace = /[\n\x85\u2028\u2029] /.test(text);
  const spaceBreak = / [\n\x85\u2028\u2029]/.test(text);
  const plain = !edges && !breakSpace && !spaceBreak && !special && !multiline;
  return {
    multiline,
    flowPlain: plain && !flow,
    blockPlain: plain && !block,
    singleQuoted: !breakSpace && !spaceBreak && !special,
  };
}

function indicators(text: string): { flow: boolean; block: boolean } {
  let flow = /^(?:---|\.\.\.)/.test(text);
  let block = flow;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] as string;
    const ends = blank(text[index + 1]);
    if (index === 0 ? '#,[]{}&*!|>\'"%@`'.includes(character) : character === '#' && blank(text[index - 1]))
      flow = block = true;
    else if (index === 0 && character === '-' && ends) flow = block = true;
    else if (character === ':' || (index === 0 && character === '?')) {
      flow = true;
      if (ends) block = true;
    } else if (',?[]{}'.includes(character)) flow = true;
  }
  return { flow, block };
}

const timestamp =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

/** Whether the text, written plain, would come back as something else: PyYAML's resolver, with its timestamps. */
export function needsQuotes(text: string): boolean {
  return isImplicit(text) || text === '=' || text === '<<' || timestamp.test(text);
}
