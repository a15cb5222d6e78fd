import type { PublishAck } from '../../bus/index.ts';
import { type LinkServer, packValue, proof, sameSecret } from '../../bus/index.ts';
import {
  attachParts,
  BrineError,
  type Clock,
  type EventHead,
  type Ids,
  mapOf,
  type OutgoingEvent,
  returnFromValue,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import type { Deliveries } from '../jobs/deliveries.ts';
import type { JobCache } from '../jobs/job-cache.ts';
import { jobHead } from '../jobs/job-record.ts';
import type { Returns } from '../jobs/returns.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { KeyPair } from '../keys/own-keys.ts';
import { handleMap, listAt, mapAt, requireText } from '../wire.ts';
import type { Grains } from './grains.ts';
import { type MinionEvent, minionEventFromValue, minionTagFault, wrapMinionEvent } from './minion-events.ts';
import type { Session, Sessions } from './sessions.ts';

export interface WorkOptions {
  readonly keys: Keyring;
  readonly own: KeyPair;
  readonly sessions: Sessions;
  readonly grains: Grains;
  readonly deliveries: Deliveries;
  readonly returns: Returns;
  readonly cache: JobCache;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly status: WorkStatus;
  /** Publishes events of minions. */
  readonly append: (events: readonly OutgoingEvent[]) => Promise<PublishAck>;
}

interface Attaching {
  readonly id: string;
  readonly minionNonce: string;
  readonly masterNonce: string;
}

const attachingMax = 10_000;
const nonceBytes = 32;

/** What accepted minions may ask. ZAP admits the connection; the token names who is behind it. */
export function serveWork(link: LinkServer, options: WorkOptions): void {
  serveAttach(link, options);
  serveReports(link, options);
  withSession(link, options, 'event', async (request, session) =>
    publishEvents(listAt(request, 'events'), session, options),
  );
}

export interface WorkStatus {
  refusedTags: number;
}

function serveAttach(link: LinkServer, options: WorkOptions): void {
  const { keys, own, sessions, grains, deliveries, ids } = options;
  const attaching = new Map<string, Attaching>();

  handleMap(link, 'attach', (request, peer) => {
    const id = requireText(request, 'id');
    const minionNonce = requireText(request, 'nonce');
    if (!keys.isAccepted(id)) throw new BrineError('KEY_REFUSED', 'The key of this minion is not accepted.');
    attaching.delete(peer);
    for (const oldest of attaching.keys()) {
      if (attaching.size < attachingMax) break;
      attaching.delete(oldest);
    }
    const masterNonce = ids.random(nonceBytes);
    attaching.set(peer, { id, minionNonce, masterNonce });
    return mapOf({ nonce: masterNonce });
  });

  handleMap(link, 'attached', async (request, peer) => {
    const entry = attaching.get(peer);
    attaching.delete(peer);
    const record = entry === undefined ? undefined : keys.get(entry.id);
    if (entry === undefined || entry.id !== requireText(request, 'id') || record?.state !== 'accepted')
      throw new BrineError('KEY_REFUSED', 'Attach first.');
    const parts = attachParts(entry.minionNonce, entry.masterNonce, entry.id);
    if (!sameSecret(requireText(request, 'proof'), proof(own.secretKey, record.publicKey, parts)))
      throw new BrineError('KEY_REFUSED', 'The proof does not fit the key.');
    await grains.set(entry.id, mapAt(request, 'grains'));
    // The key may have been taken away while the grains went to the disk.
    if (!keys.isAccepted(entry.id)) throw new BrineError('KEY_REFUSED', 'The key is no longer accepted.');
    deliveries.hold(entry.id);
    const session = sessions.open(entry.id, peer);
    // The reply must be on its way before the first job is.
    setImmediate(() => deliveries.resend(session.id));
    return mapOf({ token: session.token });
  });
}

function serveReports(link: LinkServer, options: WorkOptions): void {
  const { returns, deliveries, grains } = options;
  withSession(link, options, 'ret', async (request, { id }) => {
    await returns.record(id, listAt(request, 'returns').map(returnFromValue));
    return new Map();
  });
  withSession(link, options, 'got', (request, { id }) => {
    deliveries.confirm(
      id,
      listAt(request, 'jids').filter((jid) => typeof jid === 'string'),
    );
    return new Map();
  });
  withSession(link, options, 'grains', async (request, { id }) => {
    await grains.set(id, mapAt(request, 'grains'));
    return new Map();
  });
  withSession(link, options, 'ping', (request, { id }) => {
    // Now and then a minion says which jobs it has.
    if (request.has('jids'))
      deliveries.leases.heard(
        id,
        listAt(request, 'jids').filter((jid) => typeof jid === 'string'),
      );
    return new Map();
  });
}

function withSession(
  link: LinkServer,
  { sessions }: WorkOptions,
  verb: string,
  run: (request: ValueMap, session: Session) => Value | Promise<Value>,
): void {
  handleMap(link, verb, (request, peer) => {
    const session = sessions.find(requireText(request, 'token'), peer);
    if (session === undefined) throw new BrineError('KEY_REFUSED', 'This session has ended: attach again.');
    return run(request, session);
  });
}

/** Refused events are told and dropped: sending them again would not help. */
async function publishEvents(raw: readonly Value[], { id }: Session, options: WorkOptions): Promise<Value> {
  const refused: Value[] = [];
  const taken: { index: number; event: OutgoingEvent }[] = [];
  raw.forEach((item, index) => {
    const event = minionEventFromValue(item);
    const fault = minionTagFault(event.tag, id);
    if (fault !== undefined) refused.push([index, 'KEY_REFUSED', `${event.tag}: ${fault}.`]);
    else
      taken.push({
        index,
        event: wrapMinionEvent(id, event, headOf(id, event, options.cache), options.clock.nowMs()),
      });
  });
  options.status.refusedTags += refused.length;
  if (taken.length > 0) {
    const ack = await options.append(taken.map(({ event }) => event));
    for (const { index, code, message } of ack.refused) {
      if (code === 'OVERLOADED') throw new BrineError('OVERLOADED', message);
      refused.push([taken[index]?.index ?? index, code, message]);
    }
  }
  return refused.length === 0 ? new Map() : mapOf({ refused });
}

/** The cause of an event is that of the job which it names, when this minion was sent that job. */
function headOf(id: string, { jid }: MinionEvent, cache: JobCache): EventHead {
  const source = `minion:${id}`;
  const job = jid === null ? undefined : cache.find(jid);
  return job?.minions.includes(id) === true ? jobHead(job.load, source) : { source };
}

export function encodeBye(reason: string): Uint8Array {
  return packValue(mapOf({ reason }));
}
