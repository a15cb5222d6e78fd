import { describe, expect, it } from 'vitest';
import { type Event, toPlain } from '../../../src/core/index.ts';
import { type Decided, decide, type RuleDecision, wants } from '../../../src/engine/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import type { RuleSet } from '../../../src/rules/index.ts';
import { loadClean } from '../rules/memory-files.ts';
import { eventOf, returnOf } from './events.ts';

function decisions(ruleSet: RuleSet, event: Event): readonly RuleDecision[] {
  return decide(ruleSet, emptyFlowState, event, event.atMs).decisions;
}

function only(ruleSet: RuleSet, event: Event): RuleDecision {
  const [decision, ...more] = decisions(ruleSet, event);
  if (decision === undefined || more.length > 0) throw new Error(`${1 + more.length} decisions`);
  return decision;
}

const restart = `rules:
  restart-nginx:
    on: salt/job/*/ret/web*
    vars: {svc: "data.fun_args[0]"}
    if: data.fun == 'service.status' and not data['return']
    do:
      - local.service.restart: {tgt: '{{ data.id }}', args: {name: '{{ svc }}'}}
      - event.send: {tag: 'acme/remediated/{{ data.id }}', data: {svc: '{{ svc }}', by: ['{{ event.id }}', 5, '{{ event.depth }}']}}
`;

describe('native rules', () => {
  const ruleSet = loadClean(restart);

  it('fires with the actions it asks for', () => {
    const decision = only(
      ruleSet,
      returnOf('web1', 'service.status', { return: false, fun_args: ['nginx'] }),
    );
    expect(decision).toMatchObject({ rule: 'restart-nginx', verdict: 'fired', problems: [], chunks: [] });
    expect(decision.reason).toBe('local service.restart on web1; event acme/remediated/web1');
    expect(decision.actions).toEqual([
      {
        kind: 'local',
        fun: 'service.restart',
        tgt: 'web1',
        tgtType: 'glob',
        arg: [],
        kwarg: new Map([['name', 'nginx']]),
        ret: '',
        timeoutS: null,
        metadata: null,
      },
      {
        kind: 'event',
        tag: 'acme/remediated/web1',
        data: new Map<string, unknown>([
          ['svc', 'nginx'],
          ['by', ['testlog0-7', 5, 0]],
        ]),
      },
    ]);
  });

  it('says which part of the condition was false, with the values it saw', () => {
    const wrongFun = only(ruleSet, returnOf('web1', 'test.ping'));
    expect(wrongFun).toMatchObject({ verdict: 'condition-false', actions: [] });
    expect(wrongFun.reason).toBe('`data.fun == \'service.status\'` is false: data.fun is "test.ping"');
    const up = only(ruleSet, returnOf('web1', 'service.status', { fun_args: ['nginx'] }));
    expect(up.reason).toBe("`not data['return']` is false: data.return is true");
  });

  it('does not mind a variable without a value unless the rule fires', () => {
    expect(only(ruleSet, returnOf('web1', 'test.ping')).verdict).toBe('condition-false');
    const decision = only(ruleSet, returnOf('web1', 'service.status', { return: false }));
    expect(decision).toMatchObject({ verdict: 'problem', actions: [] });
    expect(decision.problems).toMatchObject([{ file: '/r/main.yaml', line: 4 }]);
    expect(decision.reason).toContain('/r/main.yaml:4');
  });

  it('makes a condition that cannot be evaluated a problem with its place', () => {
    const decision = only(
      loadClean(`rules:\n  a:\n    on: x/*\n    if: data.missing.deep == 1\n    do: [runner.jobs.active]`),
      eventOf('x/y'),
    );
    expect(decision.verdict).toBe('problem');
    expect(decision.problems).toMatchObject([{ file: '/r/main.yaml', line: 4 }]);
  });

  it('takes every form of arguments', () => {
    const { actions } = only(
      loadClean(`rules:
  a:
    on: x/y
    do:
      - cmd.test.echo: [{tgt: [a, b]}, {tgt_type: list}, {args: ['{{ data.n }}', 'n={{ data.n }}']}, {timeout: 5}, {ret: smtp}]
      - local.test.arg: {tgt: '*', arg: [1], kwarg: {b: '{{ data.m }}'}, metadata: {why: '{{ tag }}'}}
      - runner.jobs.list_job: {args: '{{ data.m }}'}
      - runner.jobs.active
      - wheel.key.list_all:
      - caller.test.echo: {args: '{{ data.l }}'}
`),
      eventOf('x/y', { n: 7, m: { a: [1, { b: null }] }, l: ['p', 2] }),
    );
    expect(actions.map((action) => toPlain(new Map(Object.entries(action)) as never))).toMatchObject([
      { kind: 'local', tgt: ['a', 'b'], tgtType: 'list', arg: [7, 'n=7'], timeoutS: 5, ret: 'smtp' },
      { kind: 'local', tgt: '*', arg: [1], kwarg: { b: { a: [1, { b: null }] } }, metadata: { why: 'x/y' } },
      { kind: 'runner', fun: 'jobs.list_job', arg: [], kwarg: { a: [1, { b: null }] } },
      { kind: 'runner', fun: 'jobs.active', arg: [], kwarg: {} },
      { kind: 'wheel', fun: 'key.list_all' },
      { kind: 'caller', fun: 'test.echo', arg: ['p', 2] },
    ]);
  });

  it('refuses what an event turns into something impossible, and then does nothing of the rule', () => {
    const tag = loadClean(`rules:
  a:
    on: x/y
    do:
      - runner.jobs.active
      - event.send: {tag: 'acme/{{ data.v }}'}`);
    for (const v of ['a\nb', '\0', 'x'.repeat(5000)]) {
      const decision = only(tag, eventOf('x/y', { v }));
      expect(decision).toMatchObject({ verdict: 'problem', actions: [] });
      expect(decision.problems).toMatchObject([{ code: 'BAD_ACTION', line: 6 }]);
    }
    const target = loadClean(`rules: {a: {on: x/y, do: [{local.test.ping: {tgt: '{{ data.v }}'}}]}}`);
    expect(only(target, eventOf('x/y', { v: '' })).verdict).toBe('problem');
    expect(only(target, eventOf('x/y', { v: null })).verdict).toBe('problem');
    const args = loadClean(`rules: {a: {on: x/y, do: [{runner.a.b: {args: '{{ data.v }}'}}]}}`);
    expect(only(args, eventOf('x/y', { v: 'rm -rf /' })).problems).toMatchObject([{ code: 'BAD_ACTION' }]);
  });

  it('never lets data become structure', () => {
    const hostile = 'x", tgt: "*\n- runner.salt.cmd: {{ 7*7 }}\u0000';
    const restarted = only(
      ruleSet,
      returnOf('web1', 'service.status', { return: false, fun_args: [hostile] }),
    );
    expect(restarted.actions).toHaveLength(2);
    expect(restarted.actions[0]).toMatchObject({ tgt: 'web1', kwarg: new Map([['name', hostile]]) });
    const echo = loadClean(
      `rules: {a: {on: x/y, do: [{local.test.echo: {tgt: w, args: {text: '{{ data.v }}'}}}]}}`,
    );
    const [action] = only(echo, eventOf('x/y', { v: hostile })).actions;
    expect(action).toMatchObject({ kwarg: new Map([['text', hostile]]) });
  });
});

describe('guards', () => {
  const ruleSet = loadClean(restart);
  const event = returnOf('web1', 'service.status', { return: false, fun_args: ['nginx'] });

  it('stops chains that are too long and Salt’s own reactions', () => {
    const deep = only(ruleSet, { ...event, head: { depth: 9, cause: { event: 'e', rule: 'r' } } });
    expect(deep).toMatchObject({ verdict: 'guarded', actions: [] });
    expect(deep.reason).toMatch(/depth_max 8/);
    expect(only(ruleSet, { ...event, head: { depth: 8 } }).verdict).toBe('fired');
    event.data.set('user', 'Reactor');
    expect(only(ruleSet, event).verdict).toBe('guarded');
    event.data.delete('user');
  });

  it('leaves rules alone that are set aside', () => {
    const state = { parked: new Map([['restart-nginx', 'asked for 100 jobs a second']]) };
    const {
      decisions: [decision],
      state: after,
    } = decide(ruleSet, state, event, 0);
    expect(decision).toMatchObject({ verdict: 'guarded' });
    expect(decision?.reason).toContain('100 jobs a second');
    expect(after).toBe(state);
  });
});

describe('salt rules', () => {
  it('renders, compiles and names the chunks', () => {
    const ruleSet = loadClean("reactor:\n  - 'salt/minion/*/start': start.sls", {
      '/r/start.sls': `{% if data['id'].startswith('web') %}
highstate_run:
  local.state.apply:
    - tgt: {{ data['id'] }}
    - args:
      - mods: nginx
{% endif %}`,
    });
    const decision = only(ruleSet, eventOf('salt/minion/web1/start', { id: 'web1' }));
    expect(decision).toMatchObject({ rule: 'reactor:salt/minion/*/start', verdict: 'fired', problems: [] });
    expect(decision.actions).toMatchObject([
      { kind: 'local', fun: 'state.apply', tgt: 'web1', kwarg: new Map([['mods', 'nginx']]) },
    ]);
    expect(decision.chunks.map((chunk) => chunk.get('__id__'))).toEqual(['highstate_run']);
    const other = only(ruleSet, eventOf('salt/minion/db1/start', { id: 'db1' }));
    expect(other).toMatchObject({ verdict: 'condition-false', actions: [], chunks: [] });
    expect(other.reason).toContain('start.sls');
  });

  const shared = (second: string): RuleSet =>
    loadClean("reactor:\n  - 'a/*': one.sls\n  - '*/b': two.sls\n  - 'a/b': one.sls", {
      '/r/one.sls': 'first: runner.jobs.active\nboth:\n  local.test.ping:\n    - tgt: one\n',
      '/r/two.sls': second,
    });

  it('lets a later file’s ID win over an earlier one’s, and gives each chunk to its file’s rule', () => {
    const ruleSet = shared('both:\n  local.test.ping:\n    - tgt: two\n');
    const [one, two, again] = decisions(ruleSet, eventOf('a/b'));
    expect(one).toMatchObject({ rule: 'reactor:a/*', verdict: 'condition-false', actions: [] });
    expect(two?.actions).toMatchObject([{ kind: 'local', tgt: 'two' }]);
    expect(again?.actions).toMatchObject([{ kind: 'runner', fun: 'jobs.active' }]);
  });

  it('does nothing at all when the compiled whole is wrong', () => {
    const ruleSet = shared('wrong:\n  local.test.ping: 5\n');
    for (const decision of decisions(ruleSet, eventOf('a/b')))
      expect(decision).toMatchObject({ verdict: 'problem', actions: [] });
  });

  it('goes on without a file that does not render', () => {
    const ruleSet = shared('wrong: {{ data.nope.deeper }}\n');
    const verdicts = decisions(ruleSet, eventOf('a/b')).map(({ rule, verdict }) => [rule, verdict]);
    expect(verdicts).toEqual([
      ['reactor:a/*', 'condition-false'],
      ['reactor:*/b', 'problem'],
      ['reactor:a/b', 'fired'],
    ]);
  });

  it('renders what it includes without reading anything more', () => {
    const ruleSet = loadClean('reactor:\n  - a/b: x.sls', {
      '/r/x.sls': `{% import_yaml "map.yaml" as map %}{% from 'lib.sls' import ping with context %}
{% include 'part.sls' %}
{{ ping(map.tgt) }}`,
      '/srv/salt/map.yaml': 'tgt: w1',
      '/srv/salt/part.sls': 'part: runner.jobs.active\n',
      '/srv/salt/lib.sls':
        '{% macro ping(tgt) %}\nping:\n  local.test.ping:\n    - tgt: {{ tgt }}\n{% endmacro %}',
    });
    const decision = only(ruleSet, eventOf('a/b'));
    expect(decision.problems).toEqual([]);
    expect(decision.actions).toMatchObject([
      { kind: 'local', tgt: 'w1' },
      { kind: 'runner', fun: 'jobs.active' },
    ]);
  });

  it('keeps SLS files with a __rule__ to themselves, with their condition', () => {
    const ruleSet = loadClean('', {
      '/r/one.sls': '__rule__:\n  on: a/*\n  if: data.n > 1\n\nsame: runner.jobs.active\n',
      '/r/two.sls': '__rule__: {on: a/b}\nsame: runner.manage.up\n',
    });
    const [one, two] = decisions(ruleSet, eventOf('a/b', { n: 2 }));
    expect(one?.actions).toMatchObject([{ fun: 'jobs.active' }]);
    expect(two?.actions).toMatchObject([{ fun: 'manage.up' }]);
    expect(decisions(ruleSet, eventOf('a/b', { n: 1 }))[0]).toMatchObject({
      verdict: 'condition-false',
      reason: '`data.n > 1` is false: data.n is 1',
    });
  });
});

describe('the engine', () => {
  const ruleSet = loadClean(restart + "reactor:\n  - 'a/*': x.sls\n", {
    '/r/x.sls': 'echo:\n  local.test.echo:\n    - tgt: w\n    - args:\n      - text: {{ data }}\n',
  });

  it('says whether anyone wants a tag', () => {
    expect(wants(ruleSet, 'salt/job/1/ret/web1')).toBe(true);
    expect(wants(ruleSet, 'salt/job/1/ret/db1')).toBe(false);
    expect(decisions(ruleSet, eventOf('salt/job/1/ret/db1'))).toEqual([]);
  });

  it('says the same for the same event, and leaves the event as it was', () => {
    for (const event of [
      returnOf('web1', 'service.status', { return: false, fun_args: ['nginx'] }),
      eventOf('a/b', { deep: [{ x: null }] }),
    ]) {
      const before = structuredClone(event);
      const first: Decided = decide(ruleSet, emptyFlowState, event, 1);
      expect(decide(ruleSet, emptyFlowState, event, 2)).toEqual(first);
      expect(event).toEqual(before);
    }
  });

  it('never throws, whatever the event holds', () => {
    const deep: unknown[] = [];
    let inner = deep;
    for (let i = 0; i < 20_000; i += 1) {
      const next: unknown[] = [];
      inner.push(next);
      inner = next;
    }
    const event = eventOf('a/b');
    event.data.set('deep', deep as never);
    for (const decision of decisions(ruleSet, event)) expect(decision.reason).not.toBe('');
    expect(only(ruleSet, event).verdict).toBe('problem');
  });
});
