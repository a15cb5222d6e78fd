import { keyText, type Value, type ValueMap } from '../../core/index.ts';
import { traverse } from './traverse.ts';
import type { MinionModule } from './types.ts';

/** What the minion knows of its host. */
export const grainsModule: MinionModule = {
  items: { signature: '', doc: 'All grains.', run: (_args, call) => call.grains.get() },
  ls: { signature: '', doc: 'The names of all grains.', run: (_args, call) => names(call.grains.get()) },
  item: {
    signature: '*args',
    doc: 'The named grains; a name may be a path like a:b.',
    run: (args, call) => {
      const found: ValueMap = new Map();
      for (const name of args.rest) found.set(name, traverse(call.grains.get(), keyText(name)) ?? '');
      return found;
    },
  },
  get: {
    signature: "key, default='', delimiter=':'",
    doc: 'The grain at a path like a:b, or the default.',
    run: (args, call) =>
      traverse(call.grains.get(), args.text('key'), args.text('delimiter')) ?? args.value('default'),
  },
};

function names(grains: ValueMap): Value[] {
  return [...grains.keys()].map(keyText).sort();
}
