import { BrineError, messageOf } from '../../core/index.ts';

/** Characters that a target's regular expression may have. */
const regexCharsMax = 1000;

/**
 * A test by a Python regular expression, anchored at the start only (`re.match`). Throws BAD_ARGUMENT when
 * the expression is none.
 */
export function regexTest(pattern: string): (text: string) => boolean {
  if (pattern.length > regexCharsMax)
    throw new BrineError('BAD_ARGUMENT', `The expression is longer than ${regexCharsMax} characters.`);
  const { source, flags } = fromPython(pattern);
  try {
    const regex = new RegExp(`^(?:${source})`, flags);
    return (text) => regex.test(text);
  } catch (cause) {
    throw new BrineError('BAD_ARGUMENT', `Not a regular expression: ${messageOf(cause)}`, { cause });
  }
}

/** The spellings of Python that JavaScript knows by other names. */
function fromPython(pattern: string): { source: string; flags: string } {
  let flags = '';
  const source = pattern
    .replace(/^\(\?([imsxau]+)\)/, (_, letters: string) => {
      for (const letter of 'ims') if (letters.includes(letter)) flags += letter;
      return '';
    })
    .replace(/\(\?P<(\w+)>/g, '(?<$1>')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$');
  return { source, flags };
}
