import { unpackData } from '../../bus/index.ts';
import {
  BrineError,
  type EventBatch,
  type EventHead,
  eventId,
  isCanary,
  mapOf,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { Slots } from '../events/slots.ts';
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
const scanMs = 10_000;
/** Each reads the log for itself; further ones wait. */
const queries = new Slots(8);

const minionParameter = {
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
    const giveBack = await queries.take();
    const { events, next } = await scan(call, { from: Math.max(1, from), end, logId }).finally(giveBack);
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

interface Span {
  readonly from: number;
  /** Up to before this one. */
  readonly end: number;
  readonly logId: string;
}

/** What fits of a span, and where to go on. Throws TIMEOUT when the master gives nothing in time. */
async function scan(call: Call, { from, end, logId }: Span): Promise<{ events: Value[]; next: number }> {
  const page: Page = { events: [], bytes: 0, next: Math.min(from, end) };
  if (from >= end) return page;
  const { clock, master } = call.parts;
  const take = taker(call, { from, end, logId });
  // With the events that nobody is shown, since the log may end with one of them.
  const subscription = master.events.origin.subscribe({ from, prefixes: [''], name: 'api query' });
  const cancel = clock.after(scanMs, () => subscription.close());
  try {
    for await (const message of subscription) {
      const isFull = message.kind === 'events' && !take(message.batch, page);
      if (isFull || call.reply.raw.destroyed) return page;
      page.next = Math.min(end, message.kind === 'gap' ? message.toSeq + 1 : message.nextSeq);
      if (page.next >= end) return page;
    }
  } finally {
    cancel();
    subscription.close();
  }
  if (page.next === from) throw new BrineError('TIMEOUT', 'The master did not give its events in time.');
  return page;
}

interface Page {
  readonly events: Value[];
  bytes: number;
  next: number;
}

/** Puts what is wanted of a batch on the page. False when the page is full: `next` is where it ends. */
function taker(call: Call, { from, end, logId }: Span): (batch: EventBatch, page: Page) => boolean {
  const scope = scopeOf(call);
  const wanted = { minion: one(call, 'minion'), jid: one(call, 'jid') };
  const limit = limitOf(call);
  return ({ firstSeq, atMs, tags, bodies, heads }, page) => {
    for (let i = Math.max(0, from - firstSeq); i < tags.length && firstSeq + i < end; i += 1) {
      const seq = firstSeq + i;
      page.next = seq;
      if (page.events.length >= limit || page.bytes >= bytesMax || seq - from >= scanMax) return false;
      const tag = tags[i] as string;
      if (isCanary(tag) || !scope.allows(tag)) continue;
      const body = bodies[i] as Uint8Array;
      const data = unpackData(body);
      const head = heads?.[i] ?? null;
      if (!isWanted(wanted, data, head)) continue;
      page.bytes += body.length;
      page.events.push(eventToValue({ id: eventId(logId, seq), seq, atMs, tag, data, head }));
    }
    return true;
  };
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
