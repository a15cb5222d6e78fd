import { didYouMean, type Value } from '../../../../core/index.ts';
import { equals, isTrue, itemsOf, list, plain, str } from '../../run/convert.ts';
import { Generator, NamedTuple, type PyValue } from '../../run/values.ts';
import { type Call, callFn, type Fn, type FnTable, rawFn, table } from '../function.ts';
import { tests } from '../tests/index.ts';
import { folded, pathOf, sortBy } from './sorting.ts';

function walked(call: Call, self: PyValue): readonly PyValue[] {
  const items = itemsOf(call.rt, self);
  call.rt.step(items.length);
  return items;
}

/** Jinja does not even look at what counts as false. */
function walkedIfAny(call: Call, self: PyValue): readonly PyValue[] {
  return isTrue(call.rt, self) ? walked(call, self) : [];
}

/** The function named by the first of the further arguments, bound to the ones behind it. */
function named(call: Call, functions: FnTable, kind: string, from: number): (item: PyValue) => PyValue {
  const name = str(call.rt, call.rest[from] ?? null);
  const target = functions.get(name);
  if (target === undefined) {
    const near = didYouMean(name, functions.keys());
    const code = kind === 'filter' ? 'TEMPLATE_UNKNOWN_FILTER' : 'TEMPLATE_UNKNOWN_TEST';
    return call.rt.fail(
      code,
      `no ${kind} named '${name}'`,
      near === undefined ? undefined : `did you mean '${near}'?`,
    );
  }
  const args = { pos: call.rest.slice(from + 1), kw: call.extra.size === 0 ? null : call.extra };
  return (item) => callFn(call.rt, name, target, item, args);
}

function select(wanted: boolean, byAttribute: boolean): Fn {
  return rawFn('* **', (call, self) => {
    if (byAttribute && call.rest.length === 0)
      call.rt.typeError(`${call.name} needs the name of an attribute`);
    const read = byAttribute ? pathOf(call.rt, call.rest[0] ?? null) : (item: PyValue): PyValue => item;
    const from = byAttribute ? 1 : 0;
    const test =
      call.rest.length > from ? named(call, tests, 'test', from) : (item: PyValue): PyValue => item;
    return new Generator(
      walkedIfAny(call, self).filter((item) => isTrue(call.rt, test(read(item))) === wanted),
    );
  });
}

/** `map` applies a filter, or takes an attribute when it is called with keywords only. */
function mapWith(functions: () => FnTable): Fn {
  return rawFn('* **', (call, self) => {
    const { extra, rest } = call;
    const attribute = extra.get('attribute');
    if (rest.length === 0 && attribute !== undefined) {
      const unknown = [...extra.keys()].find((key) => key !== 'attribute' && key !== 'default');
      if (unknown !== undefined) call.rt.typeError(`map() got an unexpected keyword argument '${unknown}'`);
      return new Generator(walkedIfAny(call, self).map(pathOf(call.rt, attribute, extra.get('default'))));
    }
    if (rest.length === 0) call.rt.typeError('map requires a filter argument');
    return new Generator(walkedIfAny(call, self).map(named(call, functions(), 'filter', 0)));
  });
}

function groupBy(call: Call, self: PyValue): PyValue {
  const read = pathOf(call.rt, call.value(0), call.values[1]);
  const fold = (item: PyValue): PyValue => (call.flag(2) ? read(item) : folded(read(item)));
  const groups: { key: PyValue; items: PyValue[] }[] = [];
  for (const item of sortBy(call.rt, walked(call, self), fold, false)) {
    const key = fold(item);
    const last = groups.at(-1);
    if (last !== undefined && equals(call.rt, fold(last.items[0] as PyValue), key)) last.items.push(item);
    else groups.push({ key: read(item), items: [item] });
  }
  return groups.map(
    ({ key, items }): Value => new NamedTuple(['grouper', 'list'], [plain(key) as Value, list(items)]),
  );
}

export function selectFiltersOver(functions: () => FnTable): FnTable {
  return table({
    groupby: rawFn('attribute default? case_sensitive?', groupBy),
    map: mapWith(functions),
    reject: select(false, false),
    rejectattr: select(false, true),
    select: select(true, false),
    selectattr: select(true, true),
  });
}
