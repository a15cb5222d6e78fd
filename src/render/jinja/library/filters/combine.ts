import { PyTuple, type Value } from '../../../../core/index.ts';
import { isTrue, itemsOf, list } from '../../run/convert.ts';
import type { PyObject, PyValue } from '../../run/values.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';

/** Python's itertools, as Salt offers them; all of them give tuples. */
type Choose = (picked: readonly number[], at: number, count: number) => boolean;

/** Every choice of `size` places among the items, in Python's order, as the rule allows. */
function choices(call: Call, self: Value | PyObject, size: number, allowed: Choose): Value[] {
  const items = itemsOf(call.rt, self);
  const found: Value[] = [];
  const picked: number[] = [];
  const walk = (): void => {
    call.rt.step();
    if (picked.length === size) {
      call.rt.spend(size + 1);
      found.push(new PyTuple(picked.map((at) => items[at] as Value)));
      return;
    }
    for (let at = 0; at < items.length; at += 1) {
      if (!allowed(picked, at, items.length)) continue;
      picked.push(at);
      walk();
      picked.pop();
    }
  };
  if (size > 500) call.rt.fail('TEMPLATE_BUDGET', 'choices of more than 500 items');
  walk();
  return found;
}

function product(call: Call, self: Value | PyObject): Value[] {
  const columns = [self, ...call.rest].map((column) => itemsOf(call.rt, column));
  let rows: PyValue[][] = [[]];
  for (const column of columns) {
    call.rt.spend(rows.length * column.length);
    rows = rows.flatMap((row) => column.map((item) => [...row, item]));
  }
  return rows.map((row): Value => new PyTuple(list(row)));
}

function zipLongest(call: Call, self: Value | PyObject): Value[] {
  const columns = [self, ...call.rest].map((column) => itemsOf(call.rt, column));
  const rows = Math.max(...columns.map((column) => column.length));
  call.rt.spend(rows * columns.length);
  const fill = call.extra.get('fillvalue') ?? null;
  const at = (column: readonly PyValue[], row: number): PyValue =>
    row < column.length ? (column[row] as PyValue) : fill;
  return Array.from(
    { length: rows },
    (_, row): Value => new PyTuple(list(columns.map((column) => at(column, row)))),
  );
}

export const combineFilters: FnTable = table({
  combinations: fn('r', (call, self) =>
    choices(call, self, call.int(0), (picked, at) => at > (picked.at(-1) ?? -1)),
  ),
  combinations_with_replacement: fn('r', (call, self) =>
    choices(call, self, call.int(0), (picked, at) => at >= (picked.at(-1) ?? 0)),
  ),
  compress: fn('selectors', (call, self) => {
    const wanted = itemsOf(call.rt, call.value(0));
    return list(
      itemsOf(call.rt, self).filter((_, at) => at < wanted.length && isTrue(call.rt, wanted[at] as PyValue)),
    );
  }),
  permutations: fn('r?', (call, self) => {
    const size = call.has(0) && call.value(0) !== null ? call.int(0) : itemsOf(call.rt, self).length;
    return choices(call, self, size, (picked, at) => !picked.includes(at));
  }),
  product: fn('* **', product),
  zip_longest: fn('* **', zipLongest),
});
