import { BrineError, mapOf, textAt, type Value, type ValueMap } from '../../core/index.ts';
import { encodeBatch, openBatch, packPlain } from '../codec/batch.ts';
import { packValue, unpackValue } from '../codec/data.ts';
import type { BusInfo, BusMessage, PublishAck } from '../types.ts';

/** Payloads of the event verbs, as docs/wire.md lists them. */
export interface SubscribeRequest {
  readonly reader: string;
  readonly name: string;
  /** null means from now on. */
  readonly from: number | null;
  /** The log that `from` counts in; another one is read from its beginning. Empty: whichever is there. */
  readonly log: string;
  readonly prefixes: readonly string[];
  readonly credit: number;
}

export const nothing: Uint8Array = packValue(new Map());

export function packSubscribe(request: SubscribeRequest): Uint8Array {
  return packPlain(request);
}

export function unpackSubscribe(payload: Uint8Array): SubscribeRequest {
  const map = asMap(unpackValue(payload));
  const from = map.get('from');
  const prefixes = map.get('prefixes');
  return {
    reader: textAt(map, 'reader'),
    name: textAt(map, 'name').slice(0, 200),
    from: typeof from === 'number' ? from : null,
    log: textAt(map, 'log'),
    prefixes: Array.isArray(prefixes) ? prefixes.filter((prefix) => typeof prefix === 'string') : [],
    credit: naturalAt(map, 'credit'),
  };
}

export function packCredit(reader: string, credit: number): Uint8Array {
  return packPlain({ reader, credit });
}

export function unpackCredit(payload: Uint8Array): { reader: string; credit: number } {
  const map = asMap(unpackValue(payload));
  return { reader: textAt(map, 'reader'), credit: naturalAt(map, 'credit') };
}

export function packAck(ack: PublishAck): Uint8Array {
  const refused = ack.refused.map(({ index, code, message }) => [index, code, message]);
  return packPlain({ first_seq: ack.firstSeq, accepted: ack.accepted, refused });
}

export function unpackAck(payload: Uint8Array): PublishAck {
  const map = asMap(unpackValue(payload));
  const refused = map.get('refused');
  return {
    firstSeq: naturalAt(map, 'first_seq'),
    accepted: naturalAt(map, 'accepted'),
    refused: (Array.isArray(refused) ? refused : []).map((raw) => {
      const [index, code, message] = Array.isArray(raw) ? raw : [];
      if (typeof index !== 'number' || typeof code !== 'string' || typeof message !== 'string')
        throw new BrineError('BAD_MESSAGE', 'A refusal is not [index, code, message].');
      return { index, code, message };
    }),
  };
}

export function packInfo(info: BusInfo): Uint8Array {
  return packPlain({ log: info.logId, next_seq: info.nextSeq, oldest_seq: info.oldestSeq });
}

export function unpackInfo(payload: Uint8Array): BusInfo {
  const map = asMap(unpackValue(payload));
  return {
    logId: textAt(map, 'log'),
    nextSeq: naturalAt(map, 'next_seq'),
    oldestSeq: naturalAt(map, 'oldest_seq'),
  };
}

type EventsMessage = Extract<BusMessage, { kind: 'events' }>;
type GapMessage = Extract<BusMessage, { kind: 'gap' }>;

export function packGap(reader: string, { fromSeq, toSeq, reason }: GapMessage): Uint8Array {
  return packPlain({ reader, from_seq: fromSeq, to_seq: toSeq, reason });
}

/** Several batches in one push, each a frame of its own behind the payload. */
export function packEvents(
  reader: string,
  messages: readonly EventsMessage[],
): { payload: Uint8Array; batches: Uint8Array[] } {
  const places = messages.map(({ batch, seqs, nextSeq }) => [batch.firstSeq, seqs, nextSeq]);
  const batches = messages.map(({ batch }) => batch.encoded ?? encodeBatch(batch, batch.atMs));
  return { payload: packPlain({ reader, places }), batches };
}

export function packCut(reader: string, reason: string): Uint8Array {
  return packValue(mapOf({ reader, reason }));
}

export type ReaderPush =
  | { readonly reader: string; readonly messages: readonly BusMessage[] }
  | { readonly reader: string; readonly cut: string };

/** Throws BAD_MESSAGE. */
export function unpackPush(
  verb: 'events' | 'gap' | 'cut',
  payload: Uint8Array,
  batches: readonly Uint8Array[],
): ReaderPush {
  const map = asMap(unpackValue(payload));
  const reader = textAt(map, 'reader');
  const reason = textAt(map, 'reason');
  if (verb === 'cut') return { reader, cut: reason };
  if (verb === 'events') return { reader, messages: eventsIn(map.get('places'), batches) };
  const [fromSeq, toSeq] = [naturalAt(map, 'from_seq'), naturalAt(map, 'to_seq')];
  return { reader, messages: [{ kind: 'gap', fromSeq, toSeq, reason }] };
}

function eventsIn(places: Value | undefined, batches: readonly Uint8Array[]): EventsMessage[] {
  if (!Array.isArray(places) || places.length !== batches.length)
    throw new BrineError('BAD_MESSAGE', 'A message of events has not a batch for each place.');
  return places.map((place, index) => {
    if (!Array.isArray(place)) throw new BrineError('BAD_MESSAGE', 'A place is not a list.');
    const [firstSeq, seqs, nextSeq] = place;
    return {
      kind: 'events',
      batch: openBatch(batches[index] as Uint8Array, natural(firstSeq, 'first_seq')),
      seqs: Array.isArray(seqs) ? seqs.map(Number) : null,
      nextSeq: natural(nextSeq, 'next_seq'),
    };
  });
}

function asMap(value: Value): ValueMap {
  if (value instanceof Map) return value;
  throw new BrineError('BAD_MESSAGE', 'The payload is not a map.');
}

function naturalAt(map: ValueMap, key: string): number {
  return natural(map.get(key), key);
}

function natural(raw: Value | undefined, name: string): number {
  const value = typeof raw === 'object' && raw !== null && 'value' in raw ? raw.value : raw;
  if (typeof value !== 'number' || !(value >= 0) || !Number.isInteger(value))
    throw new BrineError('BAD_MESSAGE', `${name} is not a number.`);
  return value;
}
