import { unpackData } from '../bus/index.ts';
import {
  type Answers,
  answeredFromValue,
  answerTable,
  BrineError,
  type Event,
  mapOf,
} from '../core/index.ts';
import { type Context, withMaster } from './context.ts';
import { askReactor } from './reactor-link.ts';

/** An event of the master's log, and what the reactor's templates were told for it. Throws NO_SUCH_RECORD, NOT_RUNNING. */
export async function storedEvent(
  context: Context,
  id: string,
): Promise<{ readonly event: Event; readonly answers: Answers }> {
  const event = await eventOfLog(context, id);
  const answered = await askReactor(context, 'answers', mapOf({ event: id }));
  return { event, answers: answerTable(Array.isArray(answered) ? answered.map(answeredFromValue) : []) };
}

function eventOfLog(context: Context, id: string): Promise<Event> {
  const [, logId = '', digits = ''] = /^(.+)-(\d+)$/.exec(id) ?? [];
  const seq = Number(digits);
  const missing = new BrineError('NO_SUCH_RECORD', `There is no event ${id} in the master's log.`);
  return withMaster(context, async ({ bus }) => {
    const info = await bus.info();
    if (info.logId !== logId || seq < 1 || seq >= info.nextSeq) throw missing;
    const subscription = bus.subscribe({ from: seq, prefixes: [''], name: 'explain' });
    try {
      for await (const message of subscription) {
        if (message.kind !== 'events') throw missing;
        const { batch, seqs } = message;
        const at = seqs === null ? seq - batch.firstSeq : seqs.indexOf(seq);
        const body = batch.bodies[at];
        if (body === undefined) throw missing;
        const head = batch.heads?.[at] ?? {};
        return { id, seq, atMs: batch.atMs, tag: batch.tags[at] ?? '', data: unpackData(body), head };
      }
      throw missing;
    } finally {
      subscription.close();
    }
  });
}
