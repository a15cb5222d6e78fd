import { createHash } from 'node:crypto';
import type { Value } from '../../../../core/index.ts';
import { itemsOf, list, pure, str } from '../../run/convert.ts';
import type { PyValue } from '../../run/values.ts';
import { type Call, type Fn, type FnTable, fn, rawFn, table } from '../function.ts';
import { SeededRandom } from '../mersenne.ts';

/** Filters that would make each render of an event another one. */
function refused(code: string, why: string, hint: string): Fn {
  return rawFn('* **', (call) =>
    call.rt.fail(
      code,
      `the filter '${call.name}' ${why}, and the same event must always give the same reactions`,
      hint,
    ),
  );
}

const random = refused(
  'TEMPLATE_RANDOM',
  'gives something random',
  "choose by something in the event, such as (data.id | md5), or give random_sample and random_shuffle a 'seed'",
);

const lookUp = refused(
  'TEMPLATE_LOOKUP',
  'looks at this host or asks another',
  "put what is needed into the event's data, or let the reaction's job look it up",
);

/** A whole number seeds as in Python; any other value by its text, as Python's own hash of a text differs each time. */
function seedOf(call: Call, at: number): bigint {
  const seed = call.value(at);
  if (seed === null)
    return call.rt.fail(
      'TEMPLATE_RANDOM',
      `the filter '${call.name}' needs a seed`,
      'for example seed=data.id',
    );
  if (typeof seed === 'number' && Number.isSafeInteger(seed)) return BigInt(seed);
  return createHash('sha256').update(str(call.rt, seed)).digest().readBigUInt64BE();
}

/** Salt's `http_query`: the look-up `http.query` with the same arguments. */
function ask(call: Call, url: PyValue): Value {
  const kwarg = new Map<Value, Value>();
  for (const [name, value] of call.extra) kwarg.set(name, pure(call.rt, value));
  const arg = [url, ...call.rest].map((value) => pure(call.rt, value));
  return call.rt.ask({ fun: 'http.query', arg, kwarg }, "or let a reaction ask ('runner.http.query')");
}

/** What reaches outside the event: refused, except what a look-up answers and what a seed makes repeatable. */
export const outsideFilters: FnTable = table({
  dns_check: lookUp,
  file_hashsum: lookUp,
  gen_mac: random,
  get_uid: lookUp,
  http_query: fn('* **', ask),
  is_bin_file: lookUp,
  is_empty: lookUp,
  is_text_file: lookUp,
  list_files: lookUp,
  rand_str: random,
  random,
  random_hash: random,
  random_sample: fn('size seed?', (call, self) => {
    const items = itemsOf(call.rt, self);
    const size = call.int(0);
    if (size < 0 || size > items.length)
      return call.rt.valueError('Sample larger than population or is negative');
    call.rt.spend(items.length);
    return list(new SeededRandom(seedOf(call, 1)).sample(items, size));
  }),
  random_shuffle: fn('seed?', (call, self) => {
    const items = itemsOf(call.rt, self);
    call.rt.spend(items.length);
    return list(new SeededRandom(seedOf(call, 0)).sample(items, items.length));
  }),
  random_str: random,
  which: lookUp,
});
