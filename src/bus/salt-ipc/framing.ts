/**
 * How an event travels on Salt's event sockets. Plain: the msgpack map `{head, body}` as it is. Prefixed: its
 * length in 4 bytes, big-endian, and then the map. Releases until 3006.25, 3007.14 and 3008.1 speak plain both
 * ways; 3006.26 and later prefixed both ways; 3007.15, 3008.2 and later take prefixed and send plain.
 */
export type SaltFraming = 'plain' | 'prefixed';

/** Salt's own limit of one frame (the buffer of its unpacker). */
export const saltFrameBytesMax: number = 100 << 20;

/** `{"head": {}, "body": …` up to the token of the body. */
const frameStart = Buffer.from('82a46865616480a4626f6479', 'hex');

/** An event as the body of a frame: tag, two line feeds, the data (a msgpack map). */
export function saltBody(tag: string, data: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${tag}\n\n`), data]);
}

/** One frame around the body of an event. */
export function encodeSaltFrame(body: Uint8Array, framing: SaltFraming): Uint8Array {
  const token = binHeader(body.length);
  const length = frameStart.length + token.length + body.length;
  const parts: Uint8Array[] = [frameStart, token, body];
  if (framing === 'prefixed') {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(length);
    parts.unshift(prefix);
  }
  return Buffer.concat(parts);
}

function binHeader(length: number): Buffer {
  if (length < 0x100) return Buffer.from([0xc4, length]);
  const header = Buffer.alloc(length < 0x10000 ? 3 : 5);
  header[0] = header.length === 3 ? 0xc5 : 0xc6;
  header.writeUIntBE(length, 1, header.length - 1);
  return header;
}

/**
 * What a peer speaks, by the first byte it sent: a msgpack map begins with 0x80 or more, a length below
 * Salt's limit with 0x06 or less. undefined when it is neither.
 */
export function framingOf(firstByte: number): SaltFraming | undefined {
  if (firstByte <= saltFrameBytesMax >> 24) return 'prefixed';
  return (firstByte & 0xf0) === 0x80 || firstByte === 0xde || firstByte === 0xdf ? 'plain' : undefined;
}
