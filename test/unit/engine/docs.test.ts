import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Answer, fromPlain, readOnlyLookups } from '../../../src/core/index.ts';
import { Desk, withDesk } from '../../../src/engine/index.ts';
import { compileLeaf, pyStr } from '../../../src/render/index.ts';
import { defaultPolicy } from '../../../src/rules/index.ts';

const page = readFileSync(new URL('../../../docs/templates.md', import.meta.url), 'utf8');
const [section = ''] = (page.split('\n## Look-ups\n')[1] ?? '').split(/^## /m);
const rows = [...section.matchAll(/^\| `(.+)` \| `(.+)` \| `(.+)` \|$/gm)].map(
  ([, text = '', answer = '', out = '']) => [text.replaceAll('\\|', '|'), answer, out],
);

describe('docs/templates.md, look-ups', () => {
  it('has examples', () => {
    expect(rows.length).toBeGreaterThan(7);
  });

  it.each(rows)('%s', (text, answer, out) => {
    const leaf = compileLeaf({ file: 'docs', text }, { stepsMax: 1e5, bytesMax: 1e5, load: () => null });
    if (!leaf.ok) throw new Error(leaf.problems[0]?.message);
    const told: Answer = { ok: true, value: fromPlain(JSON.parse(answer)) };
    const answers = new (class extends Map<string, Answer> {
      override get = (): Answer => told;
    })();
    const desk = new Desk(defaultPolicy, answers);
    const built = leaf.value.build(withDesk(new Map(), desk));
    expect(built.ok ? pyStr(built.value) : built.problems[0]?.message).toBe(out);
    expect(desk.usedBy('')).toHaveLength(1);
  });

  it('lists what may be asked without a setting', () => {
    const list = /\n\n((?:`[\w.*]+`[ \n]?)+)\n\n/.exec(section)?.[1] ?? '';
    expect([...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual([...readOnlyLookups]);
  });
});
