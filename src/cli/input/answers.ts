import { type Answer, BrineError, type Lookup, lookupKey, messageOf, type Value } from '../../core/index.ts';
import { withDesk } from '../../engine/index.ts';
import { compileExpression } from '../../render/index.ts';
import { type LookupPolicy, nameOf } from '../../rules/index.ts';
import { parseJson } from './json.ts';

/** Answers by look-up; those that were given for a function whatever its arguments come second. */
export class GivenAnswers extends Map<string, Answer> {
  readonly #byFunction = new Map<string, Answer>();
  readonly #names: string[] = [];

  /** Takes `mod.fn=JSON` or `mod.fn(arguments)=JSON`, the arguments as a template writes them. Throws BAD_ARGUMENT. */
  take(given: string): void {
    const bare = /^([\w.]+)=(.*)$/s.exec(given);
    if (bare !== null) {
      const [, fun = '', json = ''] = bare;
      this.#byFunction.set(fun, { ok: true, value: readJson(json, given) });
      this.#names.push(...(through.get(fun) ?? [fun]));
      return;
    }
    for (let end = given.indexOf(')='); end >= 0; end = given.indexOf(')=', end + 1)) {
      const lookup = lookupIn(given.slice(0, end + 1));
      if (lookup === undefined) continue;
      this.set(lookupKey(lookup), { ok: true, value: readJson(given.slice(end + 2), given) });
      this.#names.push(nameOf(lookup));
      return;
    }
    throw wrong(given, 'it is not like mod.fn=JSON or mod.fn(arguments)=JSON');
  }

  override get(key: string): Answer | undefined {
    return super.get(key) ?? this.#byFunction.get(key.slice(0, key.indexOf('(')));
  }

  /** What is answered by hand may be asked. */
  policyOver(policy: LookupPolicy): LookupPolicy {
    return { ...policy, allow: [...policy.allow, ...this.#names] };
  }
}

const through: ReadonlyMap<string, readonly string[]> = new Map([
  ['saltutil.runner', ['runner.*']],
  ['publish.runner', ['runner.*']],
  ['saltutil.wheel', ['wheel.*']],
]);

export function givenAnswers(given: readonly string[] = []): GivenAnswers {
  const answers = new GivenAnswers();
  for (const each of given) answers.take(each);
  return answers;
}

/** The look-up that a call of a template makes; its arguments mean what they mean there. */
function lookupIn(call: string): Lookup | undefined {
  const [, fun = '', args = ''] = /^([\w.]+)(\(.*\))$/s.exec(call) ?? [];
  if (fun === '') return undefined;
  const env = { stepsMax: 10_000, bytesMax: 1 << 20, load: () => null };
  const expression = compileExpression({ file: '--lookup', text: `salt['${fun}']${args}` }, env);
  if (!expression.ok) return undefined;
  let asked: Lookup | undefined;
  const ask = (lookup: Lookup): Answer => {
    asked = lookup;
    return { ok: true, value: null };
  };
  const result = expression.value.evaluate(withDesk(new Map(), { ask, note: () => undefined }));
  if (asked === undefined && result.ok)
    throw wrong(call, `salt['${fun}'] is answered in place, from the event and the configuration`);
  return asked;
}

function readJson(json: string, given: string): Value {
  try {
    return parseJson(json);
  } catch (cause) {
    throw wrong(given, messageOf(cause));
  }
}

function wrong(given: string, why: string): BrineError {
  return new BrineError('BAD_ARGUMENT', `--lookup ${given}: ${why}.`);
}

/** A repeatable option's values. */
export function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
