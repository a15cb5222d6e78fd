import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toPlain, type Value } from '../../../src/core/index.ts';
import { workerLimits } from '../../../src/minion/operator/module-worker.ts';
import { splitWords } from '../../../src/minion/process/words.ts';
import { yamlifyArg } from '../../../src/render/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Bench } from './support.ts';

const page = readFileSync(new URL('../../../docs/modules.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)];
const files = blocks.filter(([, kind]) => kind === 'js');
const calls = blocks
  .filter(([, kind]) => kind === 'calls')
  .flatMap(([, , , text = '']) => text.trim().split('\n'));

function argumentsOf(words: readonly string[]): { arg: Value[]; kwarg: Record<string, Value> } {
  const arg: Value[] = [];
  const kwarg: Record<string, Value> = {};
  for (const word of words) {
    const [, name, text = ''] = /^([a-z]\w*)=(.*)$/.exec(word) ?? [];
    if (name === undefined) arg.push(yamlifyArg(word));
    else kwarg[name] = yamlifyArg(text);
  }
  return { arg, kwarg };
}

describe('docs/modules.md', () => {
  it('shows what really happens', async () => {
    using folder = temporaryFolder();
    const modules = join(folder.path, 'modules');
    mkdirSync(modules, { mode: 0o700 });
    for (const [, , name = '', text = ''] of files) writeFileSync(join(modules, name), text);
    await using bench = new Bench(folder.path);
    expect(await bench.functions.reload()).toEqual(['acme', 'guard', 'shop']);
    expect(calls.length).toBeGreaterThan(10);
    for (const line of calls) {
      const [, call = '', expected = '', code] = /^(.*) → (.*?)(?: \(code (\d+)\))?$/.exec(line) ?? [];
      const [fun = '', ...words] = splitWords(call);
      const { arg, kwarg } = argumentsOf(words);
      const result = await bench.run(fun, arg, kwarg);
      if (expected.endsWith(' …"')) {
        expect(result.return, line).toContain((JSON.parse(expected) as string).slice(0, -2));
      } else {
        const plain: unknown = JSON.parse(JSON.stringify(toPlain(result.return), withoutPublication));
        expect(plain, line).toEqual(JSON.parse(expected));
      }
      if (code !== undefined) expect(result.retcode, line).toBe(Number(code));
    }
  });

  it('names the limits that hold', () => {
    const cell = (name: string): string | undefined =>
      new RegExp(`^\\| ${name} \\| (.*) \\|$`, 'm').exec(page)?.[1];
    expect(cell('loading a module')).toBe(`${workerLimits.loadMs / 1000} s`);
    expect(cell('keeping the thread busy without an `await`')).toBe(`${workerLimits.blockedMs / 1000} s`);
    expect(cell('one call')).toBe(`${workerLimits.callMs / 3_600_000} h`);
    expect(cell('memory of a module')).toBe(`${workerLimits.memoryMb} MiB`);
  });
});

function withoutPublication(key: string, value: unknown): unknown {
  return key.startsWith('__pub_') ? undefined : value;
}
