import type { Frame } from '../events/frames.ts';
import { lastEventId, startOf } from '../events/resume.ts';
import { beginStream } from '../events/sse.ts';
import { wishedScope } from '../users/tag-scope.ts';
import { jidParameter } from './events.ts';
import type { Operation } from './operation.ts';
import { one, tagParameter } from './parameters.ts';
import { seqOf, timeAbout } from './times.ts';

export const streamEvents: Operation = {
  method: 'GET',
  path: '/v1/events/stream',
  name: 'streamEvents',
  about:
    'Server-sent events with the event’s number as `id` and `{"data": …, "tag": …}` as `data`, without an end.',
  headers: {
    'Last-Event-ID': {
      about: 'Resumes behind this event; goes before `from`.',
      schema: { type: 'string' },
    },
  },
  query: {
    tag: tagParameter,
    from: { about: `The first: ${timeAbout}. The next event unless given.`, schema: { type: 'string' } },
    minion: { about: 'Only events with this minion as `id`.', schema: { type: 'string' } },
    jid: jidParameter,
  },
  answer: null,
  run: async (call) => {
    const { parts, request, reply, caller, query } = call;
    const { master, clock, streams } = parts;
    const last = lastEventId(request);
    if (master.events.recent.head === undefined) master.require();
    const wanted = { minion: one(call, 'minion'), jid: one(call, 'jid') };
    const given = one(call, 'from');
    const from =
      last === undefined && given !== undefined
        ? await seqOf(given, 'from', master.require().bus, clock)
        : await startOf(master.events, last);
    if (request.method === 'HEAD') {
      void reply.type('text/event-stream;charset=utf-8').send();
      return undefined;
    }
    const sink = beginStream(request, reply);
    const form = JSON.stringify(['v1', wanted]);
    streams.open({
      caller,
      wish: wishedScope(query.get('tag') ?? []),
      from,
      frame: frameOf(wanted),
      form,
      sink,
    });
    return undefined;
  },
};

function frameOf({ minion, jid }: { minion: string | undefined; jid: string | undefined }): Frame {
  const write: Frame = (seq, _tag, json) => `id: ${seq}\ndata: ${json}\n\n`;
  if (minion === undefined && jid === undefined) return write;
  return (seq, tag, json) => {
    const { data } = JSON.parse(json) as { data: Record<string, unknown> };
    const fits =
      (jid === undefined || data['jid'] === jid) && (minion === undefined || data['id'] === minion);
    return fits ? write(seq, tag, json) : '';
  };
}
