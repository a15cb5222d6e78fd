/**
 * An independent reading of fnmatch for tests: no expressions, no minimatch, only the rules as people
 * would say them. Sets with hyphens are left to Python.
 */
export function slowFnmatch(text: string, glob: string): boolean {
  return matchFrom(Array.from(text), Array.from(glob));
}

function matchFrom(text: readonly string[], glob: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return text.length === 0;
  if (first === '*') {
    for (let skip = 0; skip <= text.length; skip += 1) if (matchFrom(text.slice(skip), rest)) return true;
    return false;
  }
  if (text.length === 0) return false;
  if (first === '?') return matchFrom(text.slice(1), rest);
  if (first === '[') {
    const start = glob[1] === '!' ? 2 : 1;
    const end = glob.indexOf(']', start + 1);
    if (end > 0) {
      const inSet = glob.slice(start, end).includes(text[0] ?? '');
      return inSet === (start === 1) && matchFrom(text.slice(1), glob.slice(end + 1));
    }
  }
  return text[0] === first && matchFrom(text.slice(1), rest);
}
