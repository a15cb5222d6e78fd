/** Text without control characters, which would let an event's sender paint the operator's terminal. */
export function harmless(text: string): string {
  return Array.from(text, (char) => (isControl(char) ? '?' : char)).join('');
}

function isControl(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
