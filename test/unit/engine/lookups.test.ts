import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Answers,
  answeredFromValue,
  answeredToValue,
  answerTable,
  describeAnswer,
  fromPlain,
  type Lookup,
  lookupKey,
  noAnswers,
  PyFloat,
  shownLookup,
  toPlain,
  type Value,
} from '../../../src/core/index.ts';
import { type Decided, decide } from '../../../src/engine/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import type { RuleSet } from '../../../src/rules/index.ts';
import { defaults, load, loadClean } from '../rules/memory-files.ts';
import { eventOf } from './events.ts';

const event = eventOf('acme/x', { id: 'web1', n: 2 });

function first(ruleSet: RuleSet, answers: Answers = noAnswers): Decided {
  return decide(ruleSet, emptyFlowState, event, 0, answers);
}

/** Asks and decides until nothing is needed any more, as the reactor does. */
function settle(
  ruleSet: RuleSet,
  answer: (lookup: Lookup) => Answer,
): { decided: Decided; asked: string[][] } {
  const answers = new Map<string, Answer>();
  const asked: string[][] = [];
  for (let round = 0; round < 10; round += 1) {
    const decided = first(ruleSet, answers);
    if (decided.needs.length === 0) return { decided, asked };
    asked.push(decided.needs.map(({ fun, arg }) => `${fun} ${String(arg[0] as string)}`.trim()));
    for (const lookup of decided.needs) answers.set(lookupKey(lookup), answer(lookup));
  }
  throw new Error('it asks for ever');
}

const sls = (text: string, allow: string[] = []): RuleSet =>
  load(
    'reactor:\n  - acme/x:\n    - /srv/x.sls\n',
    { '/srv/x.sls': text },
    {
      ...defaults,
      lookups: { allow, deny: [], perEventMax: 5 },
    },
  ).ruleSet;

const ok = (value: unknown): Answer => ({ ok: true, value: fromPlain(value) });

describe('decide with answers', () => {
  const asking = sls(`
{% set up = salt['saltutil.runner']('manage.up') %}
{% set name = salt['grains.ls']() %}
{% if 'web1' in up %}
{% set ip = salt['network.ip_addrs']('eth0')[0] %}
start:
  local.state.apply:
    - tgt: {{ data.id }}
    - arg: ['{{ ip }}']
{% endif %}
`);

  it('says what it needs, and stands with a problem until it is told', () => {
    const decided = first(asking);
    expect(decided.needs.map(({ fun, arg }) => [fun, arg])).toEqual([
      ['saltutil.runner', ['manage.up']],
      ['grains.ls', []],
    ]);
    expect(decided.decisions[0]).toMatchObject({ verdict: 'problem', actions: [] });
    expect(decided.decisions[0]?.problems[0]).toMatchObject({ code: 'TEMPLATE_LOOKUP', line: 2 });
    expect(decided.order).toEqual([]);
  });

  it('asks no look-up that an answer may rule out', () => {
    const { decided, asked } = settle(asking, ({ fun }) => ok(fun === 'saltutil.runner' ? [] : 'x'));
    expect(asked).toEqual([['saltutil.runner manage.up', 'grains.ls undefined']]);
    expect(decided.decisions[0]).toMatchObject({ verdict: 'condition-false' });
  });

  it('fires with the answers, and keeps them with the decision', () => {
    const { decided, asked } = settle(asking, ({ fun }) =>
      ok(fun === 'saltutil.runner' ? ['web1'] : fun === 'grains.ls' ? [] : ['10.0.0.1']),
    );
    expect(asked).toHaveLength(2);
    expect(decided.decisions[0]).toMatchObject({ verdict: 'fired' });
    expect(decided.decisions[0]?.lookups?.map(({ lookup }) => lookup.fun)).toEqual([
      'saltutil.runner',
      'grains.ls',
      'network.ip_addrs',
    ]);
    const again = first(asking, answerTable(decided.decisions[0]?.lookups ?? []));
    expect(again).toEqual(decided);
  });

  it('takes a failure for an answer', () => {
    const { decided } = settle(asking, () => ({
      ok: false,
      reason: 'timeout',
      message: 'no answer within 5 s',
    }));
    expect(decided.decisions[0]).toMatchObject({ verdict: 'problem' });
    expect(decided.decisions[0]?.problems).toMatchObject([
      { code: 'LOOKUP_FAILED', line: 2, message: expect.stringContaining('no answer within 5 s') as string },
    ]);
    expect(decided.decisions[0]?.lookups).toHaveLength(1);
  });

  it('gives native rules answers in variables, conditions and values', () => {
    const ruleSet = loadClean(`rules:
  a:
    on: acme/x
    vars: {up: "salt['saltutil.runner']('manage.up')"}
    if: data.id in up and salt.log.info('seen ' ~ data.id)
    do:
      - runner.test.arg: {args: ["{{ salt['network.get_hostname']() }}"]}
  b:
    on: acme/x
    do:
      - runner.test.arg: {args: ["{{ salt['file.read']('/x') }}"]}
`);
    const { decided, asked } = settle(ruleSet, ({ fun }) => ok(fun === 'saltutil.runner' ? ['web1'] : fun));
    expect(asked).toEqual([
      ['saltutil.runner manage.up', 'file.read /x'],
      ['network.get_hostname undefined'],
    ]);
    expect(decided.decisions.map(({ verdict }) => verdict)).toEqual(['fired', 'fired']);
    expect(decided.decisions[0]?.actions).toMatchObject([{ arg: ['network.get_hostname'] }]);
    expect(decided.decisions[0]?.problems).toMatchObject([
      { code: 'TEMPLATE_LOG', message: 'info: seen web1.' },
    ]);
    expect(decided.decisions.map(({ lookups }) => lookups?.map(({ lookup }) => lookup.fun))).toEqual([
      ['saltutil.runner', 'network.get_hostname'],
      ['file.read'],
    ]);
  });

  it('does not let one rule change what another one was told', () => {
    const rule = (name: string, text: string): string => `  ${name}:
    on: acme/x
    do:
      - runner.test.arg: {args: ["${text}"]}\n`;
    const call = "salt['grains.ls']()";
    const ruleSet = loadClean(
      `rules:\n${rule('a', `{% set l = ${call} %}{% do l.append(1) %}{{ l }}`)}${rule('b', `{{ ${call} }}`)}`,
    );
    const { decided } = settle(ruleSet, () => ok([0]));
    expect(decided.decisions.map(({ actions }) => actions[0])).toMatchObject([
      { arg: [[0, 1]] },
      { arg: [[0]] },
    ]);
  });
});

describe('what may be asked', () => {
  const codes = (text: string, allow: string[] = []): (string | undefined)[] =>
    first(sls(`{{ ${text} }}`, allow)).decisions[0]?.problems.map(({ message }) => message) ?? [];

  it('is what only looks; everything else says which setting allows it', () => {
    expect(codes("salt['cmd.run']('date')")[0]).toContain("lookup_allow: ['cmd.run']");
    expect(codes("salt['cmd.run']('date')", ['cmd.*'])[0]).toContain('is not there yet');
    expect(codes("salt['saltutil.runner']('event.send', ['a'])")[0]).toContain("['runner.event.send']");
    expect(codes("salt['saltutil.wheel']('key.list_all')")[0]).toContain('is not there yet');
    expect(codes("salt['http.query']('http://x/', method='POST')")[0]).toContain('method POST');
    expect(codes("salt['http.query']('http://x/')")[0]).toContain('is not there yet');
    expect(codes("'http://x/'|http_query")[0]).toContain('http.query("http://x/") is not there yet');
    expect(codes("'http://x/'|http_query(method='POST')")[0]).toContain('method POST');
    expect(codes("salt['saltutil.runner']('http.query', kwarg={'url': 'u', 'method': 'put'})")[0]).toContain(
      'PUT',
    );
    expect(codes("salt['saltutil.runner']('http.query', arg=['u', 'DELETE'])")[0]).toContain('DELETE');
  });

  it('is no more than some look-ups of one event', () => {
    const ruleSet = sls("{% for i in range(9) %}{% set x = salt['file.read']('/' ~ i) %}{% endfor %}");
    const { decided, asked } = settle(ruleSet, () => ok(''));
    expect(asked).toHaveLength(5);
    expect(decided.decisions[0]?.problems[0]?.message).toContain('lookups_per_event_max');
  });
});

describe('going on without an answer', () => {
  const needs = (text: string): string[] => first(sls(text)).needs.map(({ arg }) => String(arg[0] as string));
  const ask = (name: string): string => `salt['file.read']('${name}')`;

  it('finds what is printed or set at the outermost level', () => {
    expect(
      needs(
        `{% set a = ${ask('a')} %}x: {{ ${ask('b')} }}\n{% if data.n == 2 %}{{ ${ask('c')} }}{% endif %}`,
      ),
    ).toEqual(['a', 'b', 'c']);
  });

  it.each([
    `{% set a = ${ask('a')} %}{% if a == 'x' %}{{ ${ask('b')} }}{% endif %}`,
    `{% set a = ${ask('a')} %}{% if a is not defined %}{{ ${ask('b')} }}{% endif %}`,
    `{% set a = ${ask('a')} %}{% if a|default('x') == 'x' %}{{ ${ask('b')} }}{% endif %}`,
    `{% set a = 1 %}{% set a = ${ask('a')} %}{% if a == 1 %}{{ ${ask('b')} }}{% endif %}`,
    `{% set d = {} %}{% set _ = d.update({'a': ${ask('a')}}) %}{% if d == {} %}{{ ${ask('b')} }}{% endif %}`,
    `{% set d = [] %}{{ d.append(${ask('a')}) }}{% if not d %}{{ ${ask('b')} }}{% endif %}`,
    `{% macro m() %}{{ ${ask('a')} }}{% endmacro %}{% if m() != 'x' %}{{ ${ask('b')} }}{% endif %}`,
    `{% set ns = namespace(a=1) %}{% set ns.a = ${ask('a')} %}{% if ns.a == 1 %}{{ ${ask('b')} }}{% endif %}`,
    `{% set data = ${ask('a')} %}{% include 'next.sls' %}`,
    `{% set t %}{{ ${ask('a')} }}{% endset %}{% if t == '' %}{{ ${ask('b')} }}{% endif %}`,
    `{% set range = ${ask('a')} %}{% if range is callable %}{{ ${ask('b')} }}{% endif %}`,
    `{% macro m() %}{% if a is defined %}{{ ${ask('b')} }}{% else %}{{ ${ask('b')} }}{% endif %}{% endmacro %}{% set a = ${ask('a')} %}{{ m() }}`,
  ])('stops where the missing answer would decide: %s', (text) => {
    const { ruleSet } = load(
      'reactor:\n  - acme/x:\n    - /srv/x.sls\n',
      { '/srv/x.sls': text, '/srv/salt/next.sls': `{% if data.n == 2 %}{{ ${ask('b')} }}{% endif %}` },
      defaults,
    );
    expect(first(ruleSet).needs.map(({ arg }) => arg[0])).toEqual(['a']);
  });
});

describe('laws', () => {
  const scalar = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc
      .bigInt({ min: -(2n ** 70n), max: 2n ** 70n })
      .map((n): Value => (n > 2n ** 53n || n < -(2n ** 53n) ? n : 0)),
    fc.integer({ min: -9, max: 9 }).map((n): Value => new PyFloat(n)),
  );
  const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(scalar, tie('value')), { maxLength: 3 }).map((pairs): Value => new Map(pairs)),
    ),
  })).value;
  const lookup: fc.Arbitrary<Lookup> = fc.record({
    fun: fc.constantFrom('file.read', 'mine.get', 'sdb.get'),
    arg: fc.array(value, { maxLength: 3 }),
    kwarg: fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'password'), value), { maxLength: 2 })
      .map((pairs) => new Map<Value, Value>(pairs)),
  });

  it('keys tell look-ups apart by what they ask, not by the order of their keywords', () => {
    fc.assert(
      fc.property(lookup, lookup, (a, b) => {
        const turned = { ...a, kwarg: new Map([...a.kwarg].reverse()) };
        expect(lookupKey(turned)).toBe(lookupKey(a));
        expect(lookupKey(a) === lookupKey(b)).toBe(JSON.stringify(shapeOf(a)) === JSON.stringify(shapeOf(b)));
      }),
    );
    const keyOf = (arg: Value): string => lookupKey({ fun: 'f', arg: [arg], kwarg: new Map() });
    expect(new Set([1, '1', true, new PyFloat(1), null, 'None', new Uint8Array([49])].map(keyOf)).size).toBe(
      7,
    );
  });

  it('stored look-ups come back as they were', () => {
    fc.assert(
      fc.property(lookup, value, (asked, told) => {
        const answered = { lookup: asked, answer: { ok: true, value: told } as const };
        expect(answeredFromValue(answeredToValue(answered))).toEqual(answered);
      }),
    );
  });

  it('decide with the recorded answers equals the first decision', () => {
    const parts = [
      `{% set v0 = salt['file.read']('0') %}`,
      `{% set v1 = salt['mine.get'](tag, 'x', n=data.n) %}`,
      `{% if salt['file.read']('2') == 'x' %}{% set v2 = salt['file.read']('3') %}{% endif %}`,
      `a{{ salt['file.read']('4') }}: {test.nop: []}\n`,
      `{% for i in salt['mine.get']('5') or [] %}{% set _ = salt['file.read'](i) %}{% endfor %}`,
      `{% do salt.log.info(salt['file.read']('6')) %}`,
      `b:\n  runner.test.arg:\n    - args: ['{{ salt['file.read']('7') }}']\n`,
    ];
    const answer = fc.oneof(
      fc.constantFrom<Answer>(ok('x'), ok(['x', 'y']), ok(null), {
        ok: false,
        reason: 'failed',
        message: 'no',
      }),
    );
    fc.assert(
      fc.property(
        fc.subarray(parts, { minLength: 1 }),
        fc.array(answer, { minLength: 8, maxLength: 8 }),
        (text, told) => {
          const ruleSet = sls(text.join(''));
          const { decided } = settle(ruleSet, ({ arg }) => told[Number(arg[0]) % 8 || 0] ?? ok('x'));
          const recorded = decided.decisions.flatMap(({ lookups = [] }) => lookups);
          expect(first(ruleSet, answerTable(recorded))).toEqual(decided);
          const stored = recorded.map((each) => answeredFromValue(answeredToValue(each)));
          expect(first(ruleSet, answerTable(stored))).toEqual(decided);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** What a look-up asks, with keywords in order. */
function shapeOf({ fun, arg, kwarg }: Lookup): unknown {
  const shape = (item: Value): unknown => {
    if (item instanceof PyFloat) return { float: Object.is(item.value, -0) ? 0 : item.value };
    if (typeof item === 'bigint') return { big: String(item) };
    if (Array.isArray(item)) return item.map(shape);
    if (item instanceof Map)
      return { map: [...item].map(([key, each]) => JSON.stringify([shape(key), shape(each)])).sort() };
    return Object.is(item, -0) ? 0 : item;
  };
  return [fun, shape([...arg]), shape(kwarg)];
}

it('shows no secrets', () => {
  const kwarg = new Map<Value, Value>([['password', 'hunter2']]);
  const lookup = { fun: 'http.query', arg: ['http://x'], kwarg };
  const answer = {
    ok: true,
    value: fromPlain({ token: 'hunter2', list: [{ api_key: 'hunter2', a: 1 }] }),
  } as const;
  const answered = { lookup, answer };
  expect(describeAnswer(answered) + JSON.stringify(toPlain(shownLookup(answered)))).not.toContain('hunter2');
  const secret = { lookup: { fun: 'sdb.get', arg: ['sdb://x/y'], kwarg: new Map() }, answer: ok('hunter2') };
  expect(describeAnswer(secret) + JSON.stringify(toPlain(shownLookup(secret)))).not.toContain('hunter2');
});
