import { BrineError, checkTag, type ValueMap } from '../../core/index.ts';
import { fnmatch } from '../../match/index.ts';
import type { Ledger } from '../ledger.ts';
import { type CallContext, type FunctionTable, type Sent, textOf } from './function.ts';

/** Events that people and reactions send on the master's bus. */
export function eventRunners(ledger: Ledger): FunctionTable {
  return {
    'event.send': {
      doc: "Sends an event on the master's bus. The data is a map and arrives as it is.",
      parameters: [{ name: 'tag' }, { name: 'data', default: null }],
      sends,
      run: async (given, context) => {
        const sent = sends(given, context);
        await ledger.record([], sent.events);
        return sent.return;
      },
    },
  };
}

/** Throws BAD_ARGUMENT, BAD_EVENT, FORBIDDEN. */
function sends(given: ValueMap, { head, emit }: CallContext): Sent {
  const tag = textOf(given, 'tag');
  const data = given.get('data') ?? new Map();
  if (!(data instanceof Map)) throw new BrineError('BAD_EVENT', 'The data of an event is a map.');
  checkTag(tag);
  if (emit !== undefined && !emit.some((glob) => fnmatch(tag, glob)))
    throw new BrineError('FORBIDDEN', 'The caller may not send this tag.', { fields: { tag } });
  return { events: [head === undefined ? { tag, data } : { tag, data, head }], return: true };
}
