import { describe, expect, test } from 'vitest';
import { fromPlain, type Value } from '../../../../src/core/index.ts';
import { compileSls } from '../../../../src/render/index.ts';
import { actionOf, compileHigh } from '../../../../src/rules/salt/index.ts';
import { yaml } from './high.ts';

const env = { stepsMax: 100_000, bytesMax: 1_000_000, load: () => null };

/** The low chunks of SLS texts for one event, without the file they come from. */
function chunks(tag: string, data: unknown, ...texts: string[]): Value[] {
  const context = new Map<string, Value>([
    ['tag', tag],
    ['data', fromPlain(data)],
  ]);
  const files = texts.map((text, index) => {
    const file = `/srv/reactor/${index}.sls`;
    const compiled = compileSls({ file, text }, env);
    if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
    const rendered = compiled.value.render(context);
    if (!rendered.ok) throw new Error(rendered.problems[0]?.message);
    return { file, high: rendered.value, lineOf: (id: string) => compiled.value.lineOf(id) };
  });
  const { chunks: low, problems } = compileHigh(files);
  expect(problems).toEqual([]);
  for (const chunk of low) expect(actionOf(chunk, 'x')).toMatchObject({ ok: true });
  return low.map((chunk) => new Map([...chunk].filter(([key]) => key !== '__sls__')));
}

describe('reactions as the documentation shows them', () => {
  test('highstate for one minion', () => {
    const sls = `{% if data['id'] == 'mysql1' %}
highstate_run:
  local.state.apply:
    - tgt: mysql1
{% endif %}
`;
    const expected =
      '{state: local, name: highstate_run, __id__: highstate_run, tgt: mysql1, fun: state.apply, order: 1}';
    expect(chunks('salt/minion/mysql1/start', { id: 'mysql1' }, sls)).toEqual([yaml(expected)]);
    expect(chunks('salt/minion/web1/start', { id: 'web1' }, sls)).toEqual([]);
  });

  test('an orchestration behind a guard', () => {
    const sls = `{% if data['data']['orch_refresh'] == 'refresh' %}
call_runit_orch:
  runner.state.orchestrate:
    - args:
      - mods: _orch.runit
{% endif %}
`;
    expect(chunks('x', { data: { orch_refresh: 'refresh' } }, sls)).toEqual([
      yaml(
        '{state: runner, name: call_runit_orch, __id__: call_runit_orch, args: [{mods: _orch.runit}], fun: state.orchestrate, order: 1}',
      ),
    ]);
  });

  test('a package on minions that a grain selects, both argument formats', () => {
    const event = { data: { pkg: 'zsh', repo: 'updates' } };
    const legacy = `install_zsh:
  local.state.single:
    - tgt: 'kernel:Linux'
    - tgt_type: grain
    - arg:
      - pkg.installed
      - {{ data['data']['pkg'] }}
    - kwarg:
        fromrepo: {{ data['data']['repo'] }}
`;
    const modern = `install_zsh:
  local.state.single:
    - tgt: 'kernel:Linux'
    - tgt_type: grain
    - args:
      - fun: pkg.installed
      - name: {{ data['data']['pkg'] }}
      - fromrepo: {{ data['data']['repo'] }}
`;
    const head = 'state: local, name: install_zsh, __id__: install_zsh, tgt: "kernel:Linux", tgt_type: grain';
    expect(chunks('x', event, legacy)).toEqual([
      yaml(`{${head}, arg: [pkg.installed, zsh], kwarg: {fromrepo: updates}, fun: state.single, order: 1}`),
    ]);
    expect(chunks('x', event, modern)).toEqual([
      yaml(
        `{${head}, args: [{fun: pkg.installed}, {name: zsh}, {fromrepo: updates}], fun: state.single, order: 1}`,
      ),
    ]);
  });

  test('an orchestration that gets the event as inline pillar', () => {
    const sls = `deploy_app:
  runner.state.orchestrate:
    - args:
      - mods: orchestrate.deploy_app
      - pillar:
          event_tag: {{ tag }}
          event_data: {{ data['data'] | json }}
`;
    const [chunk] = chunks('acme/deploy', { data: { env: 'prod', null_inside: null, n: [1, 'yes'] } }, sls);
    expect(chunk).toEqual(
      fromPlain({
        state: 'runner',
        name: 'deploy_app',
        __id__: 'deploy_app',
        args: [
          { mods: 'orchestrate.deploy_app' },
          {
            pillar: {
              event_tag: 'acme/deploy',
              event_data: { env: 'prod', null_inside: null, n: [1, 'yes'] },
            },
          },
        ],
        fun: 'state.orchestrate',
        order: 1,
      }),
    );
  });

  test('a key to remove, a file to touch on a masterless minion', () => {
    const wheel = "remove_key:\n  wheel.key.delete:\n    - args:\n      - match: {{ data['id'] }}\n";
    expect(chunks('x', { id: 'ink1' }, wheel)).toEqual([
      yaml(
        '{state: wheel, name: remove_key, __id__: remove_key, args: [{match: ink1}], fun: key.delete, order: 1}',
      ),
    ]);
    const caller =
      "touch_file:\n  caller.file.touch:\n    - args:\n      - name: {{ data['data']['path'] }}\n";
    expect(chunks('x', { data: { path: '/tmp/foo' } }, caller)).toEqual([
      yaml(
        '{state: caller, name: touch_file, __id__: touch_file, args: [{name: /tmp/foo}], fun: file.touch, order: 1}',
      ),
    ]);
  });

  test('a new minion behind a load balancer', () => {
    const sls = `{% if data['act'] == 'accept' and data['id'].startswith('web') %}
add_new_minion_to_pool:
  local.state.apply:
    - tgt: 'haproxy*'
    - args:
      - mods: haproxy.refresh_pool
      - pillar:
          new_minion: {{ data['id'] }}
{% endif %}
`;
    expect(chunks('salt/key', { act: 'accept', id: 'web7' }, sls)).toEqual([
      yaml(
        '{state: local, name: add_new_minion_to_pool, __id__: add_new_minion_to_pool, tgt: "haproxy*", args: [{mods: haproxy.refresh_pool}, {pillar: {new_minion: web7}}], fun: state.apply, order: 1}',
      ),
    ]);
    expect(chunks('salt/key', { act: 'accept', id: 'db1' }, sls)).toEqual([]);
  });

  test('keys that are accepted by name, and deleted when a minion has a new one', () => {
    const sls = `{# Ink servers may join. #}
{% if not data['result'] and data['id'].startswith('ink') %}
minion_remove:
  wheel.key.delete:
    - args:
      - match: {{ data['id'] }}
minion_rejoin:
  local.cmd.run:
    - tgt: salt-master.domain.tld
    - args:
      - cmd: ssh -o StrictHostKeyChecking=no "{{ data['id'] }}" 'sleep 10 && /etc/init.d/salt-minion restart'
{% endif %}

{% if 'act' in data and data['act'] == 'pend' and data['id'].startswith('ink') %}
minion_add:
  wheel.key.accept:
    - args:
      - match: {{ data['id'] }}
{% endif %}
`;
    expect(chunks('salt/auth', { result: false, act: 'reject', id: 'ink3' }, sls)).toEqual([
      fromPlain({
        state: 'local',
        name: 'minion_rejoin',
        __id__: 'minion_rejoin',
        tgt: 'salt-master.domain.tld',
        args: [
          { cmd: `ssh -o StrictHostKeyChecking=no "ink3" 'sleep 10 && /etc/init.d/salt-minion restart'` },
        ],
        fun: 'cmd.run',
        order: 1,
      }),
      yaml(
        '{state: wheel, name: minion_remove, __id__: minion_remove, args: [{match: ink3}], fun: key.delete, order: 1}',
      ),
    ]);
    expect(chunks('salt/auth', { result: true, act: 'pend', id: 'ink3' }, sls)).toEqual([
      yaml(
        '{state: wheel, name: minion_add, __id__: minion_add, args: [{match: ink3}], fun: key.accept, order: 1}',
      ),
    ]);
  });

  test('highstate with a returner, and modules synchronised at start', () => {
    const started = "highstate_run:\n  cmd.state.apply:\n    - tgt: {{ data['id'] }}\n    - ret: smtp\n";
    const sync = "sync_grains:\n  local.saltutil.sync_grains:\n    - tgt: {{ data['id'] }}\n";
    expect(chunks('salt/minion/ink1/start', { id: 'ink1' }, started, sync)).toEqual([
      yaml(
        '{state: local, name: highstate_run, __id__: highstate_run, tgt: ink1, ret: smtp, fun: state.apply, order: 1}',
      ),
      yaml(
        '{state: local, name: sync_grains, __id__: sync_grains, tgt: ink1, fun: saltutil.sync_grains, order: 1}',
      ),
    ]);
  });

  test('a watched file that is put back', () => {
    const sls = `revert-file:
  local.state.single:
    - tgt: {{ data['data']['id'] }}
    - args:
      - fun: file.managed
      - name: {{ data['data']['path'] }}
      - source: salt://important_file
`;
    expect(chunks('salt/beacon/x/inotify/', { data: { id: 'x', path: '/etc/important_file' } }, sls)).toEqual(
      [
        yaml(
          '{state: local, name: revert-file, __id__: revert-file, tgt: x, args: [{fun: file.managed}, {name: /etc/important_file}, {source: "salt://important_file"}], fun: state.single, order: 1}',
        ),
      ],
    );
  });

  test('a machine that a cloud made, and one that it destroyed', () => {
    const created = "highstate:\n  local.state.apply:\n    - tgt: {{ data['name'] }}\n";
    const destroyed =
      "forget_{{ data['name'] }}:\n  runner.event.send:\n    - args:\n        tag: dns/remove\n        data: {name: '{{ data['name'] }}'}\n";
    expect(chunks('salt/cloud/vm1/created', { name: 'vm1' }, created)).toHaveLength(1);
    expect(chunks('salt/cloud/vm1/destroyed', { name: 'vm1' }, destroyed)).toEqual([
      yaml(
        '{state: runner, name: forget_vm1, __id__: forget_vm1, args: {tag: dns/remove, data: {name: vm1}}, fun: event.send, order: 1}',
      ),
    ]);
  });

  test('the file server refreshed in one line', () => {
    expect(
      chunks('salt/fileserver/gitfs/update', {}, 'update_fileserver: runner.fileserver.update\n'),
    ).toEqual([
      yaml(
        '{state: runner, name: update_fileserver, __id__: update_fileserver, fun: fileserver.update, order: 1}',
      ),
    ]);
  });

  test('a webhook that is believed only with its secret', () => {
    const sls = `{% set secretkey = data.get('headers', {}).get('X-My-Secret') %}
{% if secretkey == 'F0fAgoQjIT@W' %}
{% set build = data.get('post', {}) %}
deploy:
  cmd.state.sls:
    - tgt: 'test-*'
    - arg:
      - builds.deploy
    - kwarg:
        pillar:
          revision: {{ build.get('revision') }}
          result: '{{ build.result }}'
{% endif %}
`;
    const event = {
      headers: { 'X-My-Secret': 'F0fAgoQjIT@W' },
      post: { revision: 'aa22a3c4b2e7', result: 'True' },
    };
    expect(chunks('salt/netapi/hook/mycompany/build/success', event, sls)).toEqual([
      yaml(
        '{state: local, name: deploy, __id__: deploy, tgt: "test-*", arg: [builds.deploy], kwarg: {pillar: {revision: aa22a3c4b2e7, result: "True"}}, fun: state.sls, order: 1}',
      ),
    ]);
    expect(chunks('x', { headers: {} }, sls)).toEqual([]);
  });
});

test('the injection that text rendering allows adds nothing', () => {
  const sls = "a:\n  local.test.arg:\n    - tgt: x\n    - args: {v: '{{ data.s }}'}\n";
  const s = `x'}]}]\nevil:\n  runner.salt.cmd: [{args: [{fun: 'cmd.run`;
  const [chunk, ...others] = chunks('x', { s }, sls);
  expect(others).toEqual([]);
  expect((chunk as Map<string, Value>).get('args')).toEqual(fromPlain({ v: s }));
});
