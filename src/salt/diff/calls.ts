import { unpackData } from '../../bus/index.ts';
import { type EventLog, getString, mapOf, textAt, type Value, type ValueMap } from '../../core/index.ts';
import { callTag } from '../source/tags.ts';

/** A job, runner or wheel call that began on the Salt bus, whoever asked for it. */
export interface SeenCall {
  /** Where in the log it stands: behind the event that led to it. */
  readonly seq: number;
  readonly atMs: number;
  readonly kind: 'local' | 'runner' | 'wheel';
  readonly jid: string;
  /** Without `runner.` or `wheel.` in front. */
  readonly fun: string;
  /** null for runners and wheels. */
  readonly tgt: Value;
  readonly tgtType: string;
  /** As Salt's events list them: keyword arguments are a map at the end. */
  readonly args: readonly Value[];
  readonly user: string;
}

const kinds = { job: 'local', run: 'runner', wheel: 'wheel' } as const;
const readBytes = 1 << 20;
/** What a waiting command line of Salt's asks every few seconds. */
const chatter = new Set(['saltutil.find_job']);

/** The calls from `fromSeq` on, oldest first, at most `max`. */
export function seenCalls(log: EventLog, fromSeq: number, max: number): SeenCall[] {
  const calls: SeenCall[] = [];
  let at = Math.max(fromSeq, log.oldestSeq());
  for (let batches = log.read(at, readBytes); batches.length > 0; batches = log.read(at, readBytes)) {
    for (const { firstSeq, atMs, tags, bodies } of batches) {
      tags.forEach((tag, i) => {
        if (!tag.endsWith('/new') || calls.length >= max) return;
        const call = callIn(tag, bodies[i] ?? new Uint8Array(), firstSeq + i, atMs);
        if (call !== undefined) calls.push(call);
      });
      at = firstSeq + tags.length;
    }
    if (calls.length >= max) break;
  }
  return calls;
}

function callIn(tag: string, body: Uint8Array, seq: number, atMs: number): SeenCall | undefined {
  const found = callTag(tag);
  if (found?.what !== 'new') return undefined;
  const data = unpackData(body);
  const kind = kinds[found.kind];
  const user = getString(data, 'user') ?? '';
  // A wheel call through the request server fires a second pair, of the client inside the master.
  if (kind === 'wheel' && user === 'UNKNOWN') return undefined;
  const fun = textAt(data, 'fun').replace(/^(runner|wheel)\./, '');
  if (chatter.has(fun)) return undefined;
  const args = data.get(kind === 'local' ? 'arg' : 'fun_args');
  return {
    seq,
    atMs,
    kind,
    jid: found.jid,
    fun,
    tgt: kind === 'local' ? (data.get('tgt') ?? null) : null,
    tgtType: kind === 'local' ? textAt(data, 'tgt_type') : '',
    args: Array.isArray(args) ? args : [],
    user,
  };
}

/** For a request between two processes of Brine's. */
export function callToValue({ seq, atMs, kind, jid, fun, tgt, tgtType, args, user }: SeenCall): Value {
  return mapOf({ seq, at: atMs, kind, jid, fun, tgt, tgt_type: tgtType, args: [...args], user });
}

export function callFromValue(value: ValueMap): SeenCall {
  const number = (key: string): number => Number(value.get(key) ?? 0);
  const kind = textAt(value, 'kind');
  const args = value.get('args');
  return {
    seq: number('seq'),
    atMs: number('at'),
    kind: kind === 'runner' || kind === 'wheel' ? kind : 'local',
    jid: textAt(value, 'jid'),
    fun: textAt(value, 'fun'),
    tgt: value.get('tgt') ?? null,
    tgtType: textAt(value, 'tgt_type'),
    args: Array.isArray(args) ? args : [],
    user: textAt(value, 'user'),
  };
}
