import { isUtf8 } from 'node:buffer';
import { tagFault } from '../../core/index.ts';
import { mapFault } from '../codec/check.ts';

/** An event as Salt's sockets carry it; the data is still encoded. */
export interface SaltEvent {
  readonly tag: string;
  readonly data: Uint8Array;
}

const lineFeed = 0x0a;

/**
 * Takes the body of a frame apart at its first two line feeds; a text says why it is no event. The data is
 * copied out, so that one event does not hold the memory of all that arrived with it.
 */
export function eventOf(body: Uint8Array): SaltEvent | string {
  const end = tagEnd(body);
  if (end < 0) return 'nothing divides tag and data';
  const tagBytes = body.subarray(0, end);
  if (!isUtf8(tagBytes)) return 'the tag is not UTF-8';
  const tag = Buffer.from(tagBytes.buffer, tagBytes.byteOffset, tagBytes.length).toString();
  const data = new Uint8Array(body.subarray(end + 2));
  const fault = tagFault(tag) ?? mapFault(data);
  return fault ?? { tag, data };
}

function tagEnd(body: Uint8Array): number {
  for (let at = body.indexOf(lineFeed); at >= 0; at = body.indexOf(lineFeed, at + 1))
    if (body[at + 1] === lineFeed) return at;
  return -1;
}
