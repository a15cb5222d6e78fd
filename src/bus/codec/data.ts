import {
  BrineError,
  checkTag,
  type ErrorCode,
  type EventHead,
  type NewEvents,
  type OutgoingEvent,
  stampAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { isMapBytes } from './check.ts';
import { MsgpackFault, MsgpackReader } from './reader.ts';
import { MsgpackWriter } from './writer.ts';

const writer = new MsgpackWriter();

/** An event's data as Salt encodes it. Throws BAD_EVENT. */
export function packData(data: ValueMap): Uint8Array {
  return pack('BAD_EVENT', 'The data cannot be encoded', () => writer.map(data));
}

/** The data of an event. Throws BAD_EVENT when the bytes are not one whole map. */
export function unpackData(bytes: Uint8Array): ValueMap {
  const data = isMapBytes(bytes) ? unpack('BAD_EVENT', 'The data', bytes) : null;
  if (!(data instanceof Map)) throw new BrineError('BAD_EVENT', 'The data is not a map.');
  return data;
}

/** Any value, for the payloads of requests. Throws BAD_MESSAGE. */
export function packValue(value: Value): Uint8Array {
  return pack('BAD_MESSAGE', 'The value cannot be encoded', () => writer.value(value));
}

/** Throws BAD_MESSAGE when the bytes are not one whole value. */
export function unpackValue(bytes: Uint8Array): Value {
  return unpack('BAD_MESSAGE', 'The payload', bytes);
}

/** Events made ready to travel, with `_stamp` where the data has none. Throws BAD_EVENT on a tag that cannot. */
export function encodeEvents(events: readonly OutgoingEvent[], nowMs: number): NewEvents {
  for (const { tag } of events) checkTag(tag);
  return encodeUnchecked(events, nowMs);
}

/** The same for a bus that reports each bad tag by its index. */
export function encodeUnchecked(events: readonly OutgoingEvent[], nowMs: number): NewEvents {
  const stamp = stampAt(nowMs);
  const bodies = events.map(({ data }) => packStamped(data, stamp));
  const tags = events.map(({ tag }) => wellFormed(tag));
  const heads = events.some(({ head }) => head !== undefined)
    ? events.map(({ head }): EventHead | null => head ?? null)
    : null;
  return { tags, bodies, heads };
}

/** Half of a surrogate pair has no UTF-8 form; it becomes U+FFFD, as it does inside data. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text;
}

/** The caller's map is left as it is: it may be sent again with a later stamp. */
function packStamped(data: ValueMap, stamp: string): Uint8Array {
  if (data.has('_stamp')) return packData(data);
  return pack('BAD_EVENT', 'The data cannot be encoded', () => {
    writer.mapHeader(data.size + 1);
    writer.entries(data);
    writer.text('_stamp');
    writer.text(stamp);
  });
}

function pack(code: ErrorCode, what: string, write: () => void): Uint8Array {
  try {
    write();
    return writer.take();
  } catch (cause) {
    writer.reset();
    if (!(cause instanceof MsgpackFault)) throw cause;
    throw new BrineError(code, `${what}: ${cause.message}.`, { cause });
  }
}

function unpack(code: ErrorCode, what: string, bytes: Uint8Array): Value {
  try {
    return new MsgpackReader(bytes).whole();
  } catch (cause) {
    if (!(cause instanceof MsgpackFault)) throw cause;
    throw new BrineError(code, `${what} does not decode: ${cause.message}.`, { cause });
  }
}
