import { Packr } from 'msgpackr';
import {
  BrineError,
  type EventBatch,
  type EventHead,
  type NewEvents,
  readHead,
  type Value,
} from '../../core/index.ts';
import { unpackValue } from './data.ts';
import { MsgpackFault, MsgpackReader } from './reader.ts';

/** Envelopes hold strings, small numbers and bytes only, where JavaScript's and Python's msgpack agree. */
const packr = new Packr({ useRecords: false, mapsAsObjects: false, encodeUndefinedAsNil: true });

/** Plain JavaScript data of our own making, in fewer steps than through `Value`. */
export function packPlain(plain: unknown): Buffer {
  return packr.pack(plain);
}

/** `[atMs, tags, bodies, heads]`; the bodies are taken as they are. */
export function encodeBatch(batch: NewEvents, atMs: number): Uint8Array {
  return packr.pack([atMs, batch.tags, batch.bodies, batch.heads]);
}

/** Bodies are windows into `bytes`, not copies. Throws BAD_MESSAGE. */
export function decodeBatch(bytes: Uint8Array, firstSeq: number): EventBatch {
  const raw = unpackValue(bytes);
  if (!Array.isArray(raw) || raw.length !== 4) throw bad('it is not a list of four');
  const [atMs, tags, bodies, heads] = raw as [Value, Value, Value, Value];
  if (!isListOf(tags, isText)) throw bad('its tags are not strings');
  const rest = restOf(tags, bodies, heads);
  return { firstSeq, atMs: numberOf(atMs), tags, bodies: rest.bodies, heads: rest.heads };
}

/**
 * The same for a reader that may want only a few of the events: bodies and heads are read when somebody first
 * looks at them, which then may throw BAD_MESSAGE.
 */
export function openBatch(bytes: Uint8Array, firstSeq: number): EventBatch {
  return new UnreadBatch(bytes, firstSeq);
}

type Rest = Pick<EventBatch, 'bodies' | 'heads'>;

class UnreadBatch implements EventBatch {
  readonly firstSeq: number;
  readonly atMs: number;
  readonly tags: readonly string[];
  #reader: MsgpackReader | null;
  #rest: Rest | undefined;

  constructor(bytes: Uint8Array, firstSeq: number) {
    this.firstSeq = firstSeq;
    const reader = new MsgpackReader(bytes);
    this.#reader = reader;
    const [atMs, tags] = decoding(() => {
      if (reader.listHeader() !== 4) throw bad('it is not a list of four');
      return [numberOf(reader.value()), reader.value()];
    });
    if (!isListOf(tags, isText)) throw bad('its tags are not strings');
    this.atMs = atMs;
    this.tags = tags;
  }

  get bodies(): readonly Uint8Array[] {
    return this.#read().bodies;
  }

  get heads(): readonly (EventHead | null)[] | null {
    return this.#read().heads;
  }

  #read(): Rest {
    const reader = this.#reader;
    if (this.#rest === undefined && reader !== null) {
      this.#reader = null;
      const [bodies, heads] = decoding(() => [reader.value(), reader.whole()]);
      this.#rest = restOf(this.tags, bodies, heads);
    }
    return this.#rest ?? { bodies: [], heads: null };
  }
}

function decoding<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof MsgpackFault)) throw cause;
    throw bad(cause.message);
  }
}

function restOf(tags: readonly string[], bodies: Value, heads: Value): Rest {
  if (!isListOf(bodies, isBytes)) throw bad('its bodies are not bytes');
  if (tags.length !== bodies.length) throw bad('it has not as many tags as bodies');
  return { bodies, heads: headsOf(heads, tags.length) };
}

function headsOf(raw: Value, length: number): (EventHead | null)[] | null {
  if (raw === null) return null;
  if (raw instanceof Map) {
    const head = readHead(raw);
    return Array.from({ length }, () => head);
  }
  if (!Array.isArray(raw) || raw.length !== length) throw bad('it has not as many heads as tags');
  return raw.map(readHead);
}

function isListOf<T extends Value>(list: Value, is: (item: Value) => item is T): list is T[] {
  return Array.isArray(list) && list.every(is);
}

const isText = (item: Value): item is string => typeof item === 'string';
const isBytes = (item: Value): item is Uint8Array => item instanceof Uint8Array;

/** A time may be an int or a float on the wire; both are read. */
function numberOf(raw: Value): number {
  const value = typeof raw === 'object' && raw !== null && 'value' in raw ? raw.value : raw;
  if (typeof value !== 'number') throw bad('its time is not a number');
  return value;
}

function bad(why: string): BrineError {
  return new BrineError('BAD_MESSAGE', `The batch does not decode: ${why}.`);
}
