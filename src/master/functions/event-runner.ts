import { BrineError, checkTag } from '../../core/index.ts';
import { fnmatch } from '../../match/index.ts';
import type { Ledger } from '../ledger.ts';
import { type FunctionTable, textOf } from './function.ts';

/** Events that people and reactions send on the master's bus. */
export function eventRunners(ledger: Ledger): FunctionTable {
  return {
    'event.send': {
      doc: "Sends an event on the master's bus. The data is a map and arrives as it is.",
      parameters: [{ name: 'tag' }, { name: 'data', default: null }],
      run: async (given, { head, emit }) => {
        const tag = textOf(given, 'tag');
        const data = given.get('data') ?? new Map();
        if (!(data instanceof Map)) throw new BrineError('BAD_EVENT', 'The data of an event is a map.');
        checkTag(tag);
        if (emit !== undefined && !emit.some((glob) => fnmatch(tag, glob)))
          throw new BrineError('FORBIDDEN', 'The caller may not send this tag.', { fields: { tag } });
        await ledger.record([], [head === undefined ? { tag, data } : { tag, data, head }]);
        return true;
      },
    },
  };
}
