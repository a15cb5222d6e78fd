import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Problem, type Value } from '../../../../src/core/index.ts';
import { compileSls } from '../../../../src/render/index.ts';
import { map, problemOf, render, sample } from './harness.ts';

const context = new Map<string, Value>([
  ...sample(),
  ['pillar', map({ app: map({ ports: [80, 443], name: 'web' }) })],
  ['grains', map({ os: 'Debian', os_family: 'Debian', roles: ['db', 'web'], id: 'm1' })],
  ['opts', map({ id: 'm1_master', file_client: 'local' })],
  ['__environ__', map({ STAGE: 'prod' })],
]);

const cases: readonly (readonly [string, string])[] = [
  ["{{ salt['pillar.get']('app:name') }} {{ salt.pillar.get('app:ports:1') }}", 'web 443'],
  [
    "{{ salt['pillar.get']('no:such') }}|{{ salt['pillar.get']('no', 'x') }}|{{ salt['pillar.get']('no', {'a': 1}) }}",
    "|x|{'a': 1}",
  ],
  [
    "{{ salt['pillar.get']('app', {'name': 'd', 'more': 1}, merge=True)|json }}",
    '{"more": 1, "name": "web", "ports": [80, 443]}',
  ],
  ["{{ salt['pillar.get']('app.name', delimiter='.') }}", 'web'],
  [
    "{{ salt['grains.get']('os') }} {{ salt.grains.get('roles:0') }} {{ grains.id }} {{ salt['grains.item']('os') }}",
    "Debian db m1 {'os': 'Debian'}",
  ],
  ["{{ salt['grains.filter_by']({'Debian': {'p': 'apt'}, 'default': {'p': '?'}}).p }}", 'apt'],
  [
    "{{ salt['grains.filter_by']({'x': 1, 'default': {'p': '?'}}, grain='os', merge={'q': 2}) }}",
    "{'p': '?', 'q': 2}",
  ],
  [
    "{{ salt['config.get']('id') }} {{ salt['config.get']('os') }} {{ salt['config.get']('app:name') }} {{ salt['config.get']('no', 'd') }}",
    'm1_master Debian web d',
  ],
  [
    "{{ salt['environ.get']('STAGE') }}|{{ salt['environ.get']('NO') }}|{{ salt['environ.get']('NO', 'd') }}",
    'prod||d',
  ],
  [
    "{{ salt['match.glob']('m1*') }} {{ salt['match.glob']('x*', 'x1') }} {{ salt['match.list']('a,b', minion_id='c') }} {{ salt['match.pcre']('m\\d') }}",
    'True True False True',
  ],
  [
    "{{ salt['match.compound']('G@os:Deb* and not E@x.* and (m1* or L@a,b)') }} {{ salt['match.grain']('roles:web') }}",
    'True True',
  ],
  ["{{ salt['match.filter_by']({'G@os:Debian': 'd', 'default': 'x'}) }}", 'd'],
  [
    "{{ ifelse('x*', 'no', 'm1*', 'yes', 'else') }} {{ ifelse(False, 1, 2) }} {{ ifelse('only') }}",
    'yes 2 only',
  ],
  [
    "{{ salt['hashutil.md5_digest']('a') }} {{ salt.hashutil.digest('a', 'sha1') }}",
    '0cc175b9c0f1b6a831c399e269772661 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8',
  ],
  [
    "{{ salt['hashutil.base64_b64encode']('base') }} {{ salt['hashutil.base64_b64decode']('YmFzZQ==') }}",
    'YmFzZQ== base',
  ],
  [
    "{{ salt['slsutil.merge']({'a': {'b': 1}, 'l': [1]}, {'a': {'c': 2}, 'l': [2]})|json }}",
    '{"a": {"b": 1, "c": 2}, "l": [2]}',
  ],
  ["{{ salt['slsutil.merge']({'l': [1]}, {'l': [1, 2]}, merge_lists=True)|json }}", '{"l": [1, 2]}'],
  ["{{ salt['slsutil.boolstr'](l, 'on', 'off') }}", 'on'],
  [
    "{{ salt['slsutil.boolstr']('', true='on', false='off') }} {{ salt.test.true() }} {{ dict(none=1) }}",
    "off True {'none': 1}",
  ],
  [
    "{{ salt['test.echo'](s) }} {{ salt['test.ping']() }} {{ salt['file.basename']('/a/b.c') }} {{ salt['file.join']('/a', 'b') }}",
    'hello True b.c /a/b',
  ],
  ["{{ 'pillar.get' in salt }} {{ 'cmd.run' in salt }} {{ 'no.such' not in salt }}", 'True True True'],
  ["{% do salt.log.warning('seen') %}{{ salt.log.info('x') }}", 'True'],
  ['{% set salt = 5 %}{{ salt }}', '5'],
  ['{{ show_full_context().tag }}', 'salt/minion/web1'],
];

describe("Salt's functions in templates", () => {
  it.each(cases)('%s', (text, out) => {
    expect(render(text, { context })).toBe(out);
  });

  it('checks signatures of webhooks', () => {
    const body = 'payload';
    const made = createHmac('sha1', 'key').update(body).digest('hex');
    const call = (theirs: string): string =>
      render(`{{ salt['hashutil.github_signature']('${body}', 'key', 'sha1=${theirs}') }}`, { context });
    expect(call(made)).toBe('True');
    expect(call(made.replace(/./, (char) => (char === '0' ? '1' : '0')))).toBe('False');
  });

  it('does not change what other renders see', () => {
    const text =
      "{% do salt['pillar.get']('app:ports').append(1) %}{{ salt['pillar.get']('app:ports')|length }}";
    expect([render(text, { context }), render(text, { context })]).toEqual(['3', '3']);
  });

  it('says what to write instead of what asks the world', () => {
    expect(problemOf("{% set x = 1 %}\n{{ salt['cmd.run']('date') }}", { context })).toMatchObject({
      code: 'TEMPLATE_LOOKUP',
      line: 2,
      hint: expect.stringContaining('react to its return event') as string,
    });
    expect(problemOf("{{ salt['pilar.get']('x') }}", { context })).toMatchObject({
      hint: "did you mean 'pillar.get'?",
    });
    expect(problemOf('{{ lipsum() }}', { context }).code).toBe('TEMPLATE_RANDOM');
    expect(problemOf("{{ salt['match.compound']('N@group') }}", { context }).code).toBe('TEMPLATE_LOOKUP');
    expect(problemOf("{{ ifelse('a', 'b') }}", { context }).code).toBe('TEMPLATE_VALUE');
  });

  it('keeps what it logs, bounded', () => {
    const text = "{% for i in range(300) %}{% do salt['log.error']('n ' ~ i) %}{% endfor %}{}";
    const template = compileSls({ file: 'a.sls', text }, { stepsMax: 1e5, bytesMax: 1e5, load: () => null });
    const notes: Problem[] = [];
    expect(template.ok && template.value.render(context, notes).ok).toBe(true);
    expect(notes).toHaveLength(100);
    expect(notes[7]).toMatchObject({
      code: 'TEMPLATE_LOG',
      severity: 'warning',
      message: 'error: n 7.',
      line: 1,
    });
  });

  it('takes compound targets that end wrong', () => {
    for (const target of ['(', 'a or', 'not', '((((((((a', 'a b'])
      expect(render(`{{ salt['match.compound']('${target}') }}`, { context })).toMatch(
        /^(True|False|TEMPLATE_VALUE: .*)$/,
      );
  });
});
