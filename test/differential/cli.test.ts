import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type LowChunk, mapOf, toJson } from '../../src/core/index.ts';
import { actionOf, type SaltRelease } from '../../src/rules/index.ts';
import { brine, root } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type BrineAnswer, brineAnswer } from './support/brine.ts';
import { difference } from './support/compare.ts';
import { type Case, corpus } from './support/corpus.ts';
import { Report } from './support/report.ts';
import { withEverySalt } from './support/with-salt.ts';

/** Some of every group; each line takes others. */
const perLine = 16;
const singles = corpus().filter(({ files }) => Object.keys(files).length === 1);
const distance = Math.floor(singles.length / (perLine * 3));

interface Printed {
  readonly code: number | null;
  readonly chunks: readonly string[];
  /** The code of the first problem. */
  readonly refused: string | undefined;
}

/** Runs `brine render` on a case whose files lie in a folder of their own. */
async function printed(folder: string, test: Case, line: SaltRelease): Promise<Printed> {
  const [[file, text] = ['', '']] = Object.entries(test.files);
  const write = (path: string, content: string): string => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  };
  const config = write('brine.yaml', toJson(mapOf({ file_roots: mapOf({ base: [join(folder, 'srv')] }) })));
  write('srv/none', '');
  for (const [path, content] of Object.entries(test.roots)) write(`srv/${path}`, content);
  const data = write('data.json', toJson(test.data));
  const args = ['render', write(file, text), '--tag', test.tag, '--data', `@${data}`, '--json'];
  const { code, stdout, stderr } = await brine([...args, '--salt-compat', String(line), '--config', config], {
    cwd: folder,
  });
  try {
    const { problems } = JSON.parse(stdout) as { problems: { code: string }[] };
    // Numbers keep their spelling when the text is cut instead of parsed.
    const chunks = stdout.slice('{"chunks":'.length, stdout.lastIndexOf(',"problems":'));
    return { code, chunks: [chunks], refused: problems[0]?.code };
  } catch {
    throw new Error(`${test.name} printed ${stdout}${stderr}`);
  }
}

function expected({ low = [], refused }: BrineAnswer): Printed {
  const shown = low.map((chunk): LowChunk => new Map([...chunk].filter(([key]) => key !== '__sls__')));
  const uncallable = low.flatMap((chunk) => {
    const action = actionOf(chunk, 'case.sls');
    return action.ok ? [] : action.problems.map(({ code }) => code);
  });
  const problem = refused === undefined ? uncallable[0] : refused.split(':')[0];
  return {
    code: problem === undefined ? 0 : 1,
    chunks: [toJson(shown, { compact: true })],
    refused: problem,
  };
}

withEverySalt('brine render prints what Salt compiles', async (salt, release) => {
  expect(existsSync(join(root, 'dist', 'cli', 'main.js')), 'npm run build comes first').toBe(true);
  using folder = temporaryFolder();
  const line = Number(release.slice(0, 4)) as SaltRelease;
  const first = [3006, 3007, 3008].indexOf(line);
  const cases = Array.from({ length: perLine }, (_none, at) => singles[(at * 3 + first) * distance] as Case);
  const report = new Report('brine render', release);
  let refused = 0;
  const take = async (start: number): Promise<void> => {
    for (let at = start; at < cases.length; at += 2) {
      const test = cases[at] as Case;
      const ours = brineAnswer(test, line);
      const { files, roots, tag, data } = test;
      const theirs = await salt.ask({ files: mapOf(files), roots: mapOf(roots), tag, data });
      report.add(test.name, difference(theirs, ours));
      const result = await printed(join(folder.path, String(at)), test, line);
      expect(result, test.name).toEqual(expected(ours));
      if (result.code !== 0) refused += 1;
    }
  };
  await Promise.all([take(0), take(1)]);
  report.print(`${refused} end with 1 and a problem`);
  expect(refused).toBeGreaterThan(0);
  expect(report.unexplained).toEqual([]);
});
