/** Python's `fnmatch.fnmatchcase`: `*`, `?`, `[set]`, `[!set]`; the whole text. Time grows with text × glob at most. */
export function fnmatchCase(text: string, glob: string): boolean {
  const tokens = tokensOf(glob);
  const chars = Array.from(text);
  let at = 0;
  let token = 0;
  let star = -1;
  let resume = 0;
  while (at < chars.length) {
    const test = tokens[token];
    if (test === 'star') {
      star = token;
      resume = at;
      token += 1;
    } else if (test?.(chars[at] as string) === true) {
      at += 1;
      token += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      token = star + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === 'star');
}

type Token = 'star' | ((char: string) => boolean);

function tokensOf(glob: string): Token[] {
  const chars = Array.from(glob);
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] as string;
    if (char === '*') {
      if (tokens.at(-1) !== 'star') tokens.push('star');
    } else if (char === '?') tokens.push(() => true);
    else {
      const end = char === '[' ? endOfSet(chars, at) : -1;
      tokens.push(end < 0 ? (given) => given === char : setTest(chars.slice(at + 1, end)));
      if (end >= 0) at = end;
    }
  }
  return tokens;
}

/** The index of the `]` that closes a set; one right behind its start belongs to it. */
function endOfSet(chars: readonly string[], open: number): number {
  const first = chars[open + 1] === '!' ? open + 2 : open + 1;
  return chars.indexOf(']', chars[first] === ']' ? first + 1 : first);
}

function setTest(body: readonly string[]): (char: string) => boolean {
  const negated = body[0] === '!';
  const members = negated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at += 1) {
    const [low, dash, high] = members.slice(at, at + 3);
    if (dash === '-' && high !== undefined) {
      ranges.push([low as string, high]);
      at += 2;
    } else ranges.push([low as string, low as string]);
  }
  return (char) => ranges.some(([low, high]) => char >= low && char <= high) !== negated;
}
