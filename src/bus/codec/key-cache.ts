/** Keys repeat in every event, so that finding one again is cheaper than making the string anew. */
const slots = 4096;
const keyBytesMax = 24;

interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

const known: (Known | undefined)[] = Array.from({ length: slots });

/** The string of these bytes, when it is short and came by before; else undefined. */
export function knownKey(bytes: Buffer, from: number, length: number): string | undefined {
  if (length > keyBytesMax) return undefined;
  const entry = known[slotOf(bytes, from, length)];
  if (entry === undefined || entry.bytes.length !== length) return undefined;
  for (let i = 0; i < length; i += 1) if (entry.bytes[i] !== bytes[from + i]) return undefined;
  return entry.text;
}

/** Takes the place of whichever key has the same slot: the cache is bounded, whatever keys come. */
export function rememberKey(bytes: Buffer, from: number, length: number, text: string): void {
  if (length > keyBytesMax) return;
  known[slotOf(bytes, from, length)] = {
    bytes: new Uint8Array(bytes.subarray(from, from + length)),
    text,
  };
}

/** FNV-1a. */
function slotOf(bytes: Buffer, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + length; i += 1) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & (slots - 1);
}
