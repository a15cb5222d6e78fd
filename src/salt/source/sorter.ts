import { type SaltEvent, unpackData } from '../../bus/index.ts';
import { type Clock, type EventHead, getString, type Value, type ValueMap } from '../../core/index.ts';
import type { CallBook } from './book.ts';
import type { Incoming } from './intake.ts';
import type { LimitedMap } from './limited-map.ts';
import { withoutSecrets } from './secrets.ts';
import { probePrefix } from './sender.ts';
import { jidMs, type StampForm } from './stamps.ts';
import { type CallTag, callTag, recoveryKey, returnKey } from './tags.ts';

export interface SorterOptions {
  readonly clock: Clock;
  readonly book: CallBook;
  /** The head that an event was sent with, when it is one of ours that comes back. */
  readonly saw: (tag: string, data: Uint8Array) => EventHead | undefined;
  /** Returns that were taken: a minion that got no answer sends its return again, and the master fires it again. */
  readonly returns: LimitedMap<true>;
  readonly peerEvents: boolean;
}

/** The key in the data of events that another master of a cluster has forwarded. */
const peerKey = '__peer_id';

/** Decides what of the bus goes into the log, and with which head. */
export class Sorter {
  readonly #options: SorterOptions;
  #stampForm: StampForm = 'naive';
  readonly counts = { repeated: 0, from_peers: 0 };

  constructor(options: SorterOptions) {
    this.#options = options;
  }

  /** How the master stamps its events. */
  get stampForm(): StampForm {
    return this.#stampForm;
  }

  /** undefined for what is not the reactor's business. */
  sort({ tag, data }: SaltEvent): Incoming | undefined {
    const { saw, book, peerEvents } = this.#options;
    const sent = saw(tag, data);
    if (tag.startsWith(probePrefix)) return undefined;
    this.#stampForm = stampFormOf(data) ?? this.#stampForm;
    if (!peerEvents && fromPeer(data)) {
      this.counts.from_peers += 1;
      return undefined;
    }
    const call = callTag(tag);
    if (call !== undefined && book.isQuestion(call)) {
      const answer = call.what === 'ret' ? decoded(data) : undefined;
      if (answer !== undefined) book.answer(call.jid, answer);
      return undefined;
    }
    if (call !== undefined && call.what === 'new') this.#began(call, data);
    if (this.#isRepeated(returnKey(call), recoveryKey(call))) return undefined;
    return { tag, data: withoutSecrets(tag, data), head: sent ?? book.headOf(call) };
  }

  /** A return that was missed on the bus; undefined when it came after all. */
  recovered(key: string, tag: string, data: Uint8Array): Incoming | undefined {
    if (this.#options.returns.has(key)) return undefined;
    this.#options.returns.set(key, true);
    const call = callTag(tag);
    if (call !== undefined && call.kind !== 'job') this.#began(call, data, jidMs(call.jid));
    return { tag, data, head: this.#options.book.headOf(call) };
  }

  /** Only jobs are returned twice; the returns of other calls are noted so that they are not recovered. */
  #isRepeated(key: string | undefined, noted: string | undefined): boolean {
    const repeated = key !== undefined && this.#options.returns.has(key);
    if (noted !== undefined) this.#options.returns.set(noted, true);
    if (repeated) this.counts.repeated += 1;
    return repeated;
  }

  #began(call: CallTag, data: Uint8Array, atMs: number = this.#options.clock.nowMs()): void {
    const { book } = this.#options;
    book.saw(call);
    if (call.kind === 'job') return;
    const load = decoded(data);
    if (load === undefined) return;
    const funArgs: Value = load.get('fun_args') ?? [];
    book.sawRun({
      kind: call.kind,
      jid: call.jid,
      fun: getString(load, 'fun') ?? '',
      funArgs,
      atMs,
    });
  }
}

/** Looked for in the bytes first: decoding every event would cost more than everything else here. */
function fromPeer(data: Uint8Array): boolean {
  return view(data).includes(peerKey) && decoded(data)?.has(peerKey) === true;
}

/** 3008 writes `+00:00` behind the time, which makes the text 32 characters long; see docs/with-salt.md. */
function stampFormOf(data: Uint8Array): StampForm | undefined {
  const at = view(data).indexOf('_stamp');
  if (at < 0) return undefined;
  const token = data[at + 6] ?? 0;
  if (token === 0xd9 && data[at + 7] === 32) return 'offset';
  return token === 0xba ? 'naive' : undefined;
}

function view(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.length);
}

function decoded(data: Uint8Array): ValueMap | undefined {
  try {
    return unpackData(data);
  } catch {
    return undefined;
  }
}
