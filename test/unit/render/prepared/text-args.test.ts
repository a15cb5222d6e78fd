import { describe, expect, test } from 'vitest';
import { fromPlain, type Value } from '../../../../src/core/index.ts';
import { compileSls, type Rendered } from '../../../../src/render/index.ts';

const env = { stepsMax: 100_000, bytesMax: 1_000_000, load: () => null };

function render(text: string, data: unknown): Rendered<Value> {
  const compiled = compileSls({ file: '/srv/x.sls', text }, env);
  return compiled.ok ? compiled.value.render(new Map([['data', fromPlain(data)]])) : compiled;
}

const hostile = ['- shutdown: true', '[{fun: cmd.run}]', '---\n- a: 1', '# x\n- a', "!!seq ['a']"];

describe('args as text, which Salt reads as YAML before the call', () => {
  const forms = {
    plain: 'go:\n  runner.test.arg:\n    - args: {{ data.text }}\n',
    quoted: 'go:\n  runner.test.arg:\n    - args: "{{ data.text }}"\n',
    block: 'go:\n  runner.test.arg:\n    - args: |\n        {{ data.text }}\n',
    json: '#!jinja|json\n{"go": {"runner.test.arg": [{"args": "{{ data.text }}"}]}}\n',
  };
  for (const [name, sls] of Object.entries(forms)) {
    test(`${name}: a list that comes from data is refused`, () => {
      for (const text of hostile) {
        const rendered = render(sls, { text });
        expect(rendered.ok || rendered.problems[0]).toMatchObject({
          code: 'DATA_AS_STRUCTURE',
          severity: 'error',
          file: '/srv/x.sls',
        });
      }
    });

    test(`${name}: other text stays what it is`, () => {
      for (const text of ['plain', 'a: 1', '12', '{broken'])
        expect(render(sls, { text }), text).toMatchObject({ ok: true });
    });
  }

  test('the author’s own text, values that are lists, and keys of that name elsewhere are not concerned', () => {
    const own = 'go:\n  runner.test.arg:\n    - args: "- a: 1"\n';
    expect(render(own, {}).ok).toBe(true);
    expect(render(forms.plain, { text: [{ a: 1 }] }).ok).toBe(true);
    const deep = 'go:\n  runner.test.arg:\n    - args:\n      - pillar: {args: "{{ data.text }}"}\n';
    expect(render(deep, { text: '- a: 1' }).ok).toBe(true);
  });
});
