import type { Value, ValueMap } from '../../core/index.ts';
import { type Inventory, resolveTarget } from '../targets/index.ts';
import type { FunctionTable, MasterFunction } from './function.ts';
import { textOf } from './function.ts';

const target = [
  { name: 'tgt', default: '*' },
  { name: 'tgt_type', default: 'glob' },
];

/** Who is there, and what they said of themselves. */
export function minionRunners(inventory: Inventory, isAttached: (id: string) => boolean): FunctionTable {
  const split = (given: ValueMap): { up: Value[]; down: Value[] } => {
    const { minions } = resolveTarget(given.get('tgt') ?? '*', textOf(given, 'tgt_type'), inventory);
    return { up: minions.filter(isAttached), down: minions.filter((id) => !isAttached(id)) };
  };
  return {
    'manage.up': {
      doc: 'The accepted minions that are attached to the master now.',
      parameters: target,
      run: (given) => split(given).up,
    },
    'manage.down': {
      doc: 'The accepted minions that are not attached to the master now.',
      parameters: target,
      run: (given) => split(given).down,
    },
    'manage.status': {
      doc: 'The accepted minions, by whether they are attached: up and down.',
      parameters: target,
      run: (given) => {
        const { up, down } = split(given);
        return new Map<Value, Value>([
          ['up', up],
          ['down', down],
        ]);
      },
    },
    'cache.grains': grains(inventory),
  };
}

function grains(inventory: Inventory): MasterFunction {
  return {
    doc: 'The grains that minions last reported.',
    parameters: [
      { name: 'tgt', default: null },
      { name: 'tgt_type', default: 'glob' },
    ],
    run: (given) => {
      const { minions } = resolveTarget(given.get('tgt') ?? '*', textOf(given, 'tgt_type'), inventory);
      return new Map(minions.map((id): [Value, Value] => [id, inventory.grains(id) ?? new Map()]));
    },
  };
}
