import { unpackData } from '../../bus/index.ts';
import type { EventLog } from '../../core/index.ts';
import { callTag, recoveryKey } from './tags.ts';

const readBytes = 4 << 20;
/** Reading more would keep everything else waiting. */
const eventsMax = 500_000;

/** The returns that the log holds since then, by `<jid>/<minion>`, of runners and wheels by `<jid>/`. */
export function returnsIn(log: EventLog, sinceMs: number): Set<string> {
  const keys = new Set<string>();
  eachEvent(log, sinceMs, (tag) => {
    const key = recoveryKey(callTag(tag));
    if (key !== undefined) keys.add(key);
    return false;
  });
  return keys;
}

/** Whether the log holds an event of this tag, and with `data` of exactly that data, since then. */
export function holds(log: EventLog, sinceMs: number, wanted: string, data?: Uint8Array): boolean {
  return eachEvent(
    log,
    sinceMs,
    (tag, body) => tag === wanted && (data === undefined || Buffer.compare(body, data) === 0),
  );
}

/** Ends with true when the visitor does, and with false at the end or after very many events. */
function eachEvent(
  log: EventLog,
  sinceMs: number,
  visit: (tag: string, body: Uint8Array) => boolean,
): boolean {
  let seq = log.seqAt(sinceMs);
  const endSeq = Math.min(log.nextSeq(), seq + eventsMax);
  while (seq < endSeq) {
    const batches = log.read(seq, readBytes);
    if (batches.length === 0) return false;
    for (const { tags, bodies, firstSeq } of batches) {
      for (let i = 0; i < tags.length; i += 1)
        if (visit(tags[i] as string, bodies[i] as Uint8Array)) return true;
      seq = firstSeq + tags.length;
    }
  }
  return false;
}

/** The jobs that were seen to begin since then and of which some minion has not returned. */
export function unreturnedJobs(log: EventLog, sinceMs: number): string[] {
  const open = new Map<string, Set<string>>();
  eachEvent(log, sinceMs, (tag, body) => {
    const call = callTag(tag);
    if (call?.kind === 'job' && call.what === 'new') open.set(call.jid, minionsIn(body));
    else if (call?.what === 'new') open.set(call.jid, new Set(['']));
    else if (call?.what === 'ret') {
      const left = open.get(call.jid);
      left?.delete(call.minion);
      if (left?.size === 0) open.delete(call.jid);
    }
    return false;
  });
  return [...open.keys()];
}

function minionsIn(body: Uint8Array): Set<string> {
  const minions = unpackData(body).get('minions');
  return new Set(Array.isArray(minions) ? minions.filter((id) => typeof id === 'string') : []);
}
