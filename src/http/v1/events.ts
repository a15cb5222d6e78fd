import { unpackData } from '../../bus/index.ts';
import { type EventHead, eventId, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import { narrowed, type TagScope, wishedScope } from '../users/tag-scope.ts';
import type { Call, Operation } from './operation.ts';
import {
  cursorOf,
  cursorParameter,
  cursorText,
  limitOf,
  limitParameter,
  one,
  tagParameter,
} from './parameters.ts';
import { page, ref } from './schemas.ts';
import { seqOf, timeAbout } from './times.ts';

/** Events that one request looks at; a page may be short, and `next` goes on behind it. */
const scanMax = 100_000;
const bytesMax = 8 << 20;

export const minionParameter = {
  about: 'Only events of this minion: from it, or with it as `id`.',
  schema: { type: 'string' },
} as const;
export const jidParameter = { about: 'Only events of this job.', schema: { type: 'string' } } as const;

export const listEvents: Operation = {
  method: 'GET',
  path: '/v1/events',
  name: 'listEvents',
  about: 'Events of the log, the oldest first, of the tags that the caller may read.',
  query: {
    tag: tagParameter,
    from: { about: `The first: ${timeAbout}.`, schema: { type: 'string' } },
    to: { about: `Up to before: ${timeAbout}.`, schema: { type: 'string' } },
    minion: minionParameter,
    jid: jidParameter,
    limit: limitParameter,
    cursor: cursorParameter,
  },
  answer: page('events', ref('Event')),
  run: async (call) => {
    const { bus } = call.parts.master.require();
    const { logId, nextSeq, oldestSeq } = await bus.info();
    const at = async (name: string, otherwise: number): Promise<number> => {
      const text = one(call, name);
      return text === undefined ? otherwise : seqOf(text, name, bus, call.parts.clock);
    };
    const cursor = cursorOf(call);
    const from = typeof cursor === 'number' ? cursor : await at('from', oldestSeq);
    const end = Math.min(nextSeq, await at('to', nextSeq));
    const { events, next } = await scan(call, { from: Math.max(1, from), end, logId });
    return mapOf({ events, next: cursorText(next < end ? next : undefined) });
  },
};

/** What is asked for of what may be seen. */
export function scopeOf({ caller, query }: Pick<Call, 'caller' | 'query'>): TagScope {
  return narrowed(caller.read, wishedScope(query.get('tag') ?? []));
}

/** Whether an event is one of the minion and of the job that are asked for. */
export function isWanted(
  { minion, jid }: { readonly minion: string | undefined; readonly jid: string | undefined },
  data: ValueMap,
  head: EventHead | null,
): boolean {
  if (jid !== undefined && data.get('jid') !== jid) return false;
  return minion === undefined || data.get('id') === minion || head?.source === `minion:${minion}`;
}

async function scan(
  call: Call,
  { from, end, logId }: { readonly from: number; readonly end: number; readonly logId: string },
): Promise<{ events: Value[]; next: number }> {
  const events: Value[] = [];
  if (from >= end) return { events, next: end };
  const scope = scopeOf(call);
  const wanted = { minion: one(call, 'minion'), jid: one(call, 'jid') };
  const limit = limitOf(call);
  let bytes = 0;
  const { origin } = call.parts.master.events;
  const subscription = origin.subscribe({ from, prefixes: [], name: 'api query' });
  try {
    for await (const message of subscription) {
      if (message.kind === 'gap') {
        if (message.toSeq + 1 >= end) break;
        continue;
      }
      const { firstSeq, atMs, tags, bodies, heads } = message.batch;
      for (let i = Math.max(0, from - firstSeq); i < tags.length; i += 1) {
        const seq = firstSeq + i;
        if (seq >= end) return { events, next: end };
        if (events.length >= limit || bytes >= bytesMax || seq - from >= scanMax)
          return { events, next: seq };
        const tag = tags[i] as string;
        if (!scope.allows(tag)) continue;
        const body = bodies[i] as Uint8Array;
        const data = unpackData(body);
        const head = heads?.[i] ?? null;
        if (!isWanted(wanted, data, head)) continue;
        bytes += body.length;
        events.push(eventToValue({ id: eventId(logId, seq), seq, atMs, tag, data, head }));
      }
      if (message.nextSeq >= end) break;
    }
  } finally {
    subscription.close();
  }
  return { events, next: end };
}

interface Shown {
  readonly id: string;
  readonly seq: number;
  readonly atMs: number;
  readonly tag: string;
  readonly data: ValueMap;
  readonly head: EventHead | null;
}

function eventToValue({ id, seq, atMs, tag, data, head }: Shown): Value {
  return mapOf({
    id,
    seq,
    at: new Date(atMs).toISOString(),
    tag,
    data,
    source: head?.source,
    cause: head?.cause === undefined ? undefined : mapOf({ ...head.cause }),
    depth: head?.depth ?? 0,
  });
}
