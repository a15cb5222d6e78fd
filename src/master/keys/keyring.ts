import { fingerprint } from '../../bus/index.ts';
import type { AutoAccept } from '../../config/index.ts';
import {
  type Clock,
  type EventHead,
  mapOf,
  type OutgoingEvent,
  type Telemetry,
  textAt,
  type Value,
} from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import { authEvent, keyEvent } from './key-events.ts';
import { decideKey, type EnrolAct, type KeyRecord, type KeyState } from './key-states.ts';

export interface KeyringOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly autoAccept: readonly AutoAccept[];
  /** Pending keys that are kept; more are answered with `full`. */
  readonly pendingMax: number;
  /** Called after a key lost the right to work. */
  readonly onRevoked: (id: string) => void;
}

export type KeyChange = 'accept' | 'reject' | 'delete';

const table = 'keys';

/** The keys of minions. Changes happen one after the other and are durable before they count. */
export class Keyring {
  readonly #options: KeyringOptions;
  readonly #records = new Map<string, KeyRecord>();
  readonly #acceptedKeys = new Map<string, number>();
  #acceptedIds: readonly string[] | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: KeyringOptions) {
    this.#options = options;
    for (const [id, value] of options.store.range(table)) {
      const record = recordFromValue(id, value);
      this.#records.set(id, record);
      this.#count(record, 1);
    }
  }

  get(id: string): KeyRecord | undefined {
    return this.#records.get(id);
  }

  records(): Iterable<KeyRecord> {
    return this.#records.values();
  }

  isAccepted(id: string): boolean {
    return this.#records.get(id)?.state === 'accepted';
  }

  /** Whether some accepted minion has this key. */
  isAcceptedKey(publicKey: string): boolean {
    return this.#acceptedKeys.has(publicKey);
  }

  /** Sorted. */
  acceptedIds(): readonly string[] {
    this.#acceptedIds ??= [...this.#records.values()]
      .filter((record) => record.state === 'accepted')
      .map((record) => record.id)
      .sort();
    return this.#acceptedIds;
  }

  countOf(state: KeyState): number {
    if (state === 'accepted') return this.acceptedIds().length;
    let count = 0;
    for (const record of this.#records.values()) if (record.state === state) count += 1;
    return count;
  }

  /** A minion has proven that it holds this key; that is an event. */
  offer(id: string, publicKey: string): Promise<EnrolAct> {
    return this.#offer(id, publicKey, false);
  }

  /** Somebody we trust says that this minion may work. The minion itself enrols next, which is the event. */
  vouch(id: string, publicKey: string): Promise<EnrolAct> {
    return this.#offer(id, publicKey, true);
  }

  #offer(id: string, publicKey: string, vouched: boolean): Promise<EnrolAct> {
    return this.#inTurn(async () => {
      const { clock, autoAccept, pendingMax, ledger } = this.#options;
      const known = this.#records.get(id);
      const listed = autoAccept.some((one) => one.id === id && sameFingerprint(one.fingerprint, publicKey));
      const decision = decideKey(known, {
        id,
        publicKey,
        nowMs: clock.nowMs(),
        vouched: vouched || listed,
        hasRoom: this.countOf('pending') < pendingMax,
      });
      const changes = decision.next === null ? [] : [changeOf(decision.next)];
      await ledger.record(changes, vouched ? [] : [authEvent(decision.act, id, publicKey)]);
      if (decision.next !== null) this.#put(decision.next, decision.act);
      return decision.act;
    });
  }

  /** An operator's change of some keys; the result are the ids that changed. */
  change(ids: readonly string[], change: KeyChange, head: EventHead | undefined): Promise<string[]> {
    return this.#inTurn(async () => {
      const { clock, ledger } = this.#options;
      const present = ids.flatMap((id) => this.#records.get(id) ?? []);
      const affected = present.filter((record) => change === 'delete' || record.state !== stateAfter(change));
      const next = affected.map((record) =>
        change === 'delete' ? null : moved(record, change, clock.nowMs()),
      );
      const changes = affected.map(
        (record, i): StoreChange => ({ table, key: record.id, value: valueOf(next[i] ?? null) }),
      );
      const events = affected.map((record) => {
        const event = keyEvent(actOf(change), record.id, record.publicKey);
        return head === undefined ? event : { ...event, head };
      });
      if (affected.length > 0) await ledger.record(changes, events);
      affected.forEach((record, i) => this.#replace(record, next[i] ?? null, change));
      return affected.map((record) => record.id);
    });
  }

  /** Stores an accepted key that an operator made himself. */
  async add(id: string, publicKey: string, head: EventHead | undefined): Promise<void> {
    await this.#inTurn(async () => {
      const { clock, ledger } = this.#options;
      const before = this.#records.get(id);
      const record: KeyRecord = {
        id,
        publicKey,
        state: 'accepted',
        sinceMs: clock.nowMs(),
        deniedKey: null,
      };
      const event: OutgoingEvent = keyEvent('accepted', id, publicKey);
      await ledger.record([changeOf(record)], [head === undefined ? event : { ...event, head }]);
      if (before !== undefined) this.#replace(before, record, 'delete');
      else this.#put(record, 'accept');
    });
  }

  #replace(before: KeyRecord, next: KeyRecord | null, act: string): void {
    const { telemetry, onRevoked } = this.#options;
    if (next === null) {
      this.#count(before, -1);
      this.#records.delete(before.id);
      telemetry.emit({ kind: 'key.changed', id: before.id, act });
    } else this.#put(next, act);
    if (before.state === 'accepted') onRevoked(before.id);
  }

  #put(record: KeyRecord, act: string): void {
    const before = this.#records.get(record.id);
    if (before !== undefined) this.#count(before, -1);
    this.#records.set(record.id, record);
    this.#count(record, 1);
    this.#options.telemetry.emit({ kind: 'key.changed', id: record.id, act });
  }

  /** Two ids may have one key, so holders are counted. */
  #count(record: KeyRecord, by: 1 | -1): void {
    if (record.state !== 'accepted') return;
    this.#acceptedIds = null;
    const holders = (this.#acceptedKeys.get(record.publicKey) ?? 0) + by;
    if (holders > 0) this.#acceptedKeys.set(record.publicKey, holders);
    else this.#acceptedKeys.delete(record.publicKey);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function stateAfter(change: 'accept' | 'reject'): KeyState {
  return change === 'accept' ? 'accepted' : 'rejected';
}

function actOf(change: KeyChange): 'accepted' | 'rejected' | 'delete' {
  return change === 'delete' ? 'delete' : change === 'accept' ? 'accepted' : 'rejected';
}

function moved(record: KeyRecord, change: 'accept' | 'reject', sinceMs: number): KeyRecord {
  return { ...record, state: stateAfter(change), sinceMs };
}

function changeOf(record: KeyRecord): StoreChange {
  return { table, key: record.id, value: valueOf(record) };
}

function valueOf(record: KeyRecord | null): Value | undefined {
  if (record === null) return undefined;
  const { state, publicKey, sinceMs, deniedKey } = record;
  return mapOf({ state, public_key: publicKey, since_ms: sinceMs, denied_key: deniedKey });
}

function recordFromValue(id: string, value: Value): KeyRecord {
  const map = value instanceof Map ? value : new Map<Value, Value>();
  const denied = map.get('denied_key');
  return {
    id,
    state: textAt(map, 'state') as KeyState,
    publicKey: textAt(map, 'public_key'),
    sinceMs: Number(map.get('since_ms')),
    deniedKey: typeof denied === 'string' ? denied : null,
  };
}

function sameFingerprint(given: string, publicKey: string): boolean {
  return given.toLowerCase() === fingerprint(publicKey);
}
