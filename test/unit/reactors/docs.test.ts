import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from '../rules/memory-files.ts';
import { root } from './cases.ts';

const page = readFileSync(join(root, 'docs/reactors.md'), 'utf8');
const blocks = [...page.matchAll(/^```(yaml|yaml sls)\n([^]*?)^```$/gm)].map(
  ([, kind = '', text = ''], i) => ({
    number: i + 1,
    kind,
    text,
  }),
);
const sls = blocks.find((block) => block.kind === 'yaml sls')?.text ?? '';

describe('docs/reactors.md', () => {
  it('has the examples that this test is about', () => {
    expect(blocks.filter((block) => block.kind === 'yaml').length).toBeGreaterThanOrEqual(5);
    expect(blocks.filter((block) => block.kind === 'yaml sls').length).toBeGreaterThanOrEqual(2);
  });

  it.each(blocks)('example $number ($kind) has no problems', ({ kind, text }) => {
    const files = {
      '/r/start.sls': sls,
      '/srv/reactor/start.d/a.sls': sls,
      '/srv/salt/reactor/deploy.sls': sls,
      '/r/example.sls': text,
    };
    const named = 'reactor:\n  - acme/x: example.sls\n';
    const { ruleSet, problems } = load(kind === 'yaml' ? text : named, files);
    expect(problems).toEqual([]);
    expect(ruleSet.rules.length).toBeGreaterThan(0);
  });
});
