/** How the master answers a minion that shows its key. */
export type EnrolAct = 'accept' | 'pend' | 'reject' | 'denied' | 'full';

export type KeyState = 'pending' | 'accepted' | 'rejected';

/** What the master knows of one minion id. */
export interface KeyRecord {
  readonly id: string;
  readonly state: KeyState;
  /** Z85. */
  readonly publicKey: string;
  readonly sinceMs: number;
  /** The last other key that claimed this id. */
  readonly deniedKey: string | null;
}

/** What is known when a minion shows its key. */
export interface Offer {
  readonly id: string;
  readonly publicKey: string;
  readonly nowMs: number;
  /** The operator's settings, or a process of the same system user, vouch for this id and key. */
  readonly vouched: boolean;
  /** Another pending key may be kept. */
  readonly hasRoom: boolean;
}

export interface KeyDecision {
  readonly act: EnrolAct;
  /** The record to store, or null when nothing changes. */
  readonly next: KeyRecord | null;
}

/**
 * The answer to a minion that shows its key.
 *
 *   unknown ──► pending ──► accepted        vouched: unknown or pending ──► accepted
 *                  └──────► rejected        another key under a known id: denied, the record stays
 *
 * Only operators move a record from one state to another or delete it.
 */
export function decideKey(known: KeyRecord | undefined, offer: Offer): KeyDecision {
  const { id, publicKey, nowMs: sinceMs, vouched, hasRoom } = offer;
  if (known === undefined) {
    if (vouched)
      return { act: 'accept', next: { id, publicKey, sinceMs, state: 'accepted', deniedKey: null } };
    if (!hasRoom) return { act: 'full', next: null };
    return { act: 'pend', next: { id, publicKey, sinceMs, state: 'pending', deniedKey: null } };
  }
  if (known.state === 'rejected') return { act: 'reject', next: null };
  if (known.publicKey !== publicKey) {
    const next = known.deniedKey === publicKey ? null : { ...known, deniedKey: publicKey };
    return { act: 'denied', next };
  }
  if (known.state === 'accepted') return { act: 'accept', next: null };
  if (vouched) return { act: 'accept', next: { ...known, sinceMs, state: 'accepted' } };
  return { act: 'pend', next: null };
}
