/** Characters that a minion's id may have. */
const idCharsMax = 255;

/** Within one word: `сервер-web1` is a name, a Cyrillic `е` in `web1` is a trick. */
const mixed =
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u;

/**
 * Why a text cannot be a minion's id, or undefined when it can. Ids stand in tags and in file names of
 * the minion's host, so they hold no separators, nothing that prints as nothing, and nothing that looks like another id.
 */
export function minionIdFault(id: string): string | undefined {
  if (id === '') return 'the id is empty';
  if (id.length > idCharsMax) return `the id is longer than ${idCharsMax} characters`;
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]/u.test(id))
    return 'the id holds white space or a control character';
  if (/[/\\]/.test(id)) return 'the id holds a slash';
  if (id === '.' || id.includes('..')) return 'the id holds ".."';
  if (id.normalize('NFKC') !== id) return 'the id holds characters that stand for others';
  if (mixed.test(id)) return 'the id mixes letters of alphabets that look alike';
  return undefined;
}
