import { mapOf, type Value } from '../../core/index.ts';
import { globTest } from '../targets/index.ts';
import { type FunctionTable, optionalText, signatureOf } from './function.ts';

/** Documentation of the tables, and `test.arg`, which shows how arguments arrive. */
export function docRunners(tables: () => { runner: FunctionTable; wheel: FunctionTable }): FunctionTable {
  const docOf = (table: FunctionTable, glob: string | null): Value => {
    const test = globTest(glob ?? '*');
    return new Map(
      Object.entries(table)
        .filter(([name]) => test(name) || name.startsWith(`${glob ?? ''}.`))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, row]): [Value, Value] => [name, `${signatureOf(name, row)}\n\n${row.doc}`]),
    );
  };
  const parameters = [{ name: 'module', default: null }];
  return {
    'doc.runner': {
      doc: 'What each runner does and takes; with a module or a glob only those.',
      parameters,
      run: (given) => docOf(tables().runner, optionalText(given, 'module')),
    },
    'doc.wheel': {
      doc: 'What each wheel function does and takes; with a module or a glob only those.',
      parameters,
      run: (given) => docOf(tables().wheel, optionalText(given, 'module')),
    },
    'test.arg': {
      doc: 'Returns the arguments that it was given.',
      parameters: [],
      open: true,
      run: (given) => mapOf({ args: given.get('args') ?? [], kwargs: given.get('kwargs') ?? new Map() }),
    },
  };
}
