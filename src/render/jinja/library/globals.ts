import type { Value } from '../../../core/index.ts';
import { mapFrom } from '../../python/index.ts';
import { index, pure, str } from '../run/convert.ts';
import { Cycler, Joiner, Namespace, Range } from '../run/objects.ts';
import { Callable, type PyValue, TemplateText } from '../run/values.ts';
import { type Call, callFn, type Fn, fn, rawFn } from './function.ts';
import { updateMap } from './methods/map.ts';
import { saltObject } from './salt/index.ts';
import { ifElse } from './salt/match.ts';

function makeRange(call: Call): PyValue {
  const numbers = call.rest.map((value) => index(call.rt, value, 'range() arguments'));
  if (numbers.length < 1 || numbers.length > 3)
    call.rt.typeError(`range expected 1 to 3 arguments, got ${numbers.length}`);
  const [first = 0, second, step = 1] = numbers;
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (step === 0) call.rt.valueError('range() arg 3 must not be zero');
  const range = new Range(start, stop, step);
  if (range.length() > 100_000) call.rt.fail('TEMPLATE_BUDGET', 'a range may have at most 100000 items');
  return range;
}

function makeMap(call: Call): Map<never, never> {
  const map = mapFrom([]);
  updateMap(call.rt, map, call.values[0], call.extra);
  return map as Map<never, never>;
}

function makeNamespace(call: Call): Namespace {
  const namespace = new Namespace();
  const map = makeMap(call);
  for (const [key, value] of map as Map<PyValue, PyValue>) namespace.set(str(call.rt, key), value);
  return namespace;
}

/** Salt's `raise`: the author's own refusal. */
function raise(call: Call): never {
  return call.rt.fail('TEMPLATE_RAISED', call.str(0));
}

/** The variables of the render, without functions. */
function showFullContext(call: Call): Map<Value, Value> {
  const { names } = call.rt.context;
  return new Map([...names.keys()].map((name) => [name, pure(call.rt, names.get(name) ?? null)]));
}

function randomText(call: Call): never {
  return call.rt.fail(
    'TEMPLATE_RANDOM',
    'lipsum() makes random text, and the same event must always give the same reactions',
  );
}

const functions: Readonly<Record<string, Fn>> = {
  range: fn('*', makeRange),
  dict: fn('other? **', makeMap),
  odict: fn('other? **', makeMap),
  namespace: fn('other? **', makeNamespace),
  cycler: fn('*', (call) => {
    if (call.rest.length === 0) call.rt.typeError('cycler() needs at least one item');
    return new Cycler(call.rest);
  }),
  joiner: rawFn('sep?', (call) => new Joiner(call.value(0, new TemplateText([', '])))),
  ifelse: fn('* **', ifElse),
  lipsum: fn('* **', randomText),
  raise: fn('message', raise),
  show_full_context: fn('', showFullContext),
};

const globals: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ...Object.entries(functions).map(([name, target]): [string, PyValue] => [
    name,
    new Callable(name, (rt, args) => callFn(rt, name, target, null, args)),
  ]),
  ['salt', saltObject],
]);

export function globalOf(name: string): PyValue | undefined {
  return globals.get(name);
}

export function globalNames(): Iterable<string> {
  return globals.keys();
}
