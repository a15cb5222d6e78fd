import { mark } from './collector.ts';

/**
 * A list that is printed below its key may stand at the key's own column (`| yaml(false) | indent(4)`), because
 * its dashes make it a value. A mark there has no dash: it gets one more space, and is the key's value.
 */
export function nestSlots(text: string): string {
  const lines = text.split('\n');
  let column = -1;
  for (const [at, line] of lines.entries()) {
    const body = line.trim();
    if (body === '' || body.startsWith('#')) continue;
    const indent = line.search(/\S/);
    if (body === mark && indent === column) lines[at] = ` ${line}`;
    column = /:\s*$/.test(line) ? (/^ *(?:- +)*/.exec(line)?.[0].length ?? -1) : -1;
  }
  return lines.join('\n');
}
