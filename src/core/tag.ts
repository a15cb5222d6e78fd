import { BrineError } from './errors.ts';

/** Bytes that a tag may have. */
export const tagBytesMax = 4096;

/** Joins parts with `/` and leaves out empty ones, as Salt's `tagify` does. */
export function tagify(...parts: (string | number)[]): string {
  return parts
    .map(String)
    .filter((part) => part !== '')
    .join('/');
}

/** Why a tag cannot travel, or undefined when it can. */
export function tagFault(tag: string): string | undefined {
  if (tag === '') return 'the tag is empty';
  if (tag.includes('\n') || tag.includes('\r')) return 'the tag holds a line break';
  if (tag.includes('\0')) return 'the tag holds a NUL character';
  if (tag.length > tagBytesMax || Buffer.byteLength(tag) > tagBytesMax)
    return `the tag is longer than ${tagBytesMax} bytes`;
  return undefined;
}

/** Throws BAD_EVENT when the tag cannot travel. */
export function checkTag(tag: string): void {
  const fault = tagFault(tag);
  if (fault !== undefined)
    throw new BrineError('BAD_EVENT', `${fault}.`, { fields: { tag: tag.slice(0, 80) } });
}
