import { BrineError, grainFacts, type Value } from '../../core/index.ts';
import { type Inventory, resolveTarget } from '../targets/index.ts';
import { type FunctionTable, textOf } from './function.ts';

/** Salt's mine holds what minions were told to send; this one holds what their grains tell anyway. */
export function mineRunners(inventory: Inventory): FunctionTable {
  return {
    'mine.get': {
      doc: `What minions' grains tell: minion → value, for ${[...grainFacts.keys()].join(', ')}. For a list of functions, or their names with commas, a map of such maps.`,
      parameters: [{ name: 'tgt' }, { name: 'fun' }, { name: 'tgt_type', default: 'glob' }],
      run: (given) => {
        const { minions } = resolveTarget(given.get('tgt') ?? '', textOf(given, 'tgt_type'), inventory);
        const fun = given.get('fun') ?? '';
        const names = Array.isArray(fun) ? fun.map(String) : textOf(given, 'fun').split(',');
        const gathered = names.map((name): [Value, Value] => [
          name.trim(),
          gather(name.trim(), minions, inventory),
        ]);
        const [first] = gathered;
        return gathered.length === 1 && first !== undefined && !Array.isArray(fun)
          ? first[1]
          : new Map(gathered);
      },
    },
  };
}

/** Minions that have not reported yet are left out, as they are in Salt's mine. */
function gather(name: string, minions: readonly string[], inventory: Inventory): Value {
  const fact = grainFacts.get(name);
  if (fact === undefined)
    throw new BrineError(
      'BAD_ARGUMENT',
      `The mine does not hold ${name}; it holds ${[...grainFacts.keys()].join(', ')}.`,
    );
  return new Map(
    minions.flatMap((id): [Value, Value][] => {
      const grains = inventory.grains(id);
      return grains === undefined ? [] : [[id, fact(grains)]];
    }),
  );
}
