import { type GlobToken, parseGlob } from './glob.ts';

/** Whether some text matches both globs. */
export function globsOverlap(a: string, b: string): boolean {
  if (!endsMeet(a, b)) return false;
  const left = units(a);
  const right = units(b);
  if ([...left, ...right].some((token) => token.kind === 'never')) return false;
  // reach[j]: what the first elements of one glob and j of the other match has a text in common.
  let reach: boolean[] = [true];
  for (let j = 1; j <= right.length; j += 1) reach.push(reach[j - 1] === true && isStar(right[j - 1]));
  for (const element of left) {
    const next: boolean[] = [reach[0] === true && isStar(element)];
    for (let j = 1; j <= right.length; j += 1) {
      const other = right[j - 1];
      // A star takes nothing, or one more element of the other glob.
      next.push(
        isStar(element) || isStar(other)
          ? reach[j] === true || next[j - 1] === true
          : reach[j - 1] === true && meet(element, other),
      );
    }
    reach = next;
  }
  return reach[right.length] === true;
}

/** Whether the plain text before the first and after the last special character allows a common text. */
function endsMeet(a: string, b: string): boolean {
  const [headA, headB] = [headOf(a), headOf(b)];
  if (!headA.startsWith(headB) && !headB.startsWith(headA)) return false;
  const [tailA, tailB] = [tailOf(a), tailOf(b)];
  return tailA.endsWith(tailB) || tailB.endsWith(tailA);
}

function headOf(glob: string): string {
  const end = glob.search(/[*?[]/);
  return end < 0 ? glob : glob.slice(0, end);
}

function tailOf(glob: string): string {
  return glob.slice(Math.max(glob.lastIndexOf('*'), glob.lastIndexOf('?'), glob.lastIndexOf(']')) + 1);
}

/** Elements of which each but a star takes one character. */
function units(glob: string): GlobToken[] {
  return parseGlob(glob).flatMap((token) =>
    token.kind === 'literal'
      ? Array.from(token.text, (text): GlobToken => ({ kind: 'literal', text }))
      : [token],
  );
}

function isStar(token: GlobToken | undefined): boolean {
  return token?.kind === 'star';
}

/** Whether two elements have a character in common; two sets of which one is negated are taken to. */
function meet(a: GlobToken, b: GlobToken | undefined): boolean {
  if (b === undefined) return false;
  if (a.kind === 'any' || b.kind === 'any') return true;
  if (a.kind === 'set' && b.kind === 'set') {
    const { ranges } = b;
    return a.negated || b.negated || a.ranges.some((r) => ranges.some((s) => r[0] <= s[1] && s[0] <= r[1]));
  }
  const [set, char] = a.kind === 'set' ? [a, b] : [b, a];
  const code = char.kind === 'literal' ? (char.text.codePointAt(0) ?? 0) : 0;
  if (set.kind === 'set') return set.ranges.some(([from, to]) => from <= code && code <= to) !== set.negated;
  return a.kind === 'literal' && b.kind === 'literal' && a.text === b.text;
}
