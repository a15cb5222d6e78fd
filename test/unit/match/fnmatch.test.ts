import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnmatch } from '../../../src/match/index.ts';
import { testSeed } from '../../support/test-seed.ts';
import { slowFnmatch } from './oracle.ts';

/** Characters that mean something to fnmatch, to minimatch, to expressions, or to UTF-16. */
const pieces = [...Array.from('ab/.**?[]!^--\\{}()|@+#,\n z&~$:'), '😀', '😁', '\ue000', '\uffff'];
const piece = fc.constantFrom(...pieces);
const text = (max: number): fc.Arbitrary<string> => fc.string({ unit: piece, maxLength: max });

const anyGlob = fc.oneof(
  text(8),
  fc.tuple(text(3), text(6), text(4)).map(([head, set, tail]) => `${head}[${set}]${tail}`),
);
/** A glob and a text that has a fair chance to match it. */
const pair = fc.tuple(anyGlob, text(4), text(5), piece, fc.boolean()).map(([glob, run, free, one, near]) => {
  const like = glob.replaceAll('*', () => run).replace(/\?|\[[^]*?\]/g, () => one);
  return [glob, near ? like : free] as const;
});

const vectors: [glob: string, text: string, matches: boolean][] = [
  ['salt/minion/*/start', 'salt/minion/web1/start', true],
  ['salt/minion/*/start', 'salt/minion/a/b/start', true],
  ['salt/minion/*/start', 'salt/minion//start', true],
  ['salt/minion/*/start', 'salt/minion/web1/start/x', false],
  ['salt/**/start', 'salt/minion/web1/start', true],
  ['salt/?/x', 'salt///x', true],
  ['*', '', true],
  ['*', '.', true],
  ['?', '..', false],
  ['?', '.', true],
  ['?', '😀', true],
  ['[!x]', 'y', true],
  ['[!x]', 'x', false],
  ['[^a]', 'a', true],
  ['[^a]', '^', true],
  ['[^a]', 'b', false],
  ['a[', 'a[', true],
  ['[]]', ']', true],
  ['[!]]', ']', false],
  ['[]-a]', '^', true],
  ['[z-a]', 'z', false],
  ['[!z-a]', 'q', true],
  ['[z-a!b]', 'c', true],
  ['[a-\u{1f600}]', '\uffff', true],
  ['[\u{1f5ff}-\u{1f601}]', '\u{1f600}', true],
  ['\\*', '\\abc', true],
  ['\\*', '*', false],
  ['[*]', '*', true],
  ['[*]', 'a', false],
  ['{a,b}', 'a', false],
  ['{a,b}', '{a,b}', true],
  ['!a', 'b', false],
  ['!a', '!a', true],
  ['#a', '#a', true],
  ['+(a)', 'aa', false],
  ['+(a)', '+(a)', true],
  ['@(a|b)', 'a', false],
  ['*.x', '.x', true],
  ['.*', '.', true],
  ['..', '..', true],
  ['a*b', 'a\nb', true],
  ['a', 'a\n', false],
  ['A', 'a', false],
  ['[[:alpha:]]', 'a]', true],
  ['[[:alpha:]]', 'b', false],
  ['', '', true],
  ['', 'a', false],
  ['a-b,c#d e', 'a-b,c#d e', true],
  ['a-b,c#d e*', 'a-b,c#d e!', true],
];

describe('fnmatch', () => {
  it.each(vectors)('%j on %j: %s', (glob, tag, matches) => {
    expect(fnmatch(tag, glob)).toBe(matches);
  });

  it('is what a plain reading of the rules says (sets without hyphens)', () => {
    const simple = pair.filter(([glob]) => !/\[[^]*-/.test(glob));
    fc.assert(
      fc.property(simple, ([glob, tag]) => {
        expect(fnmatch(tag, glob)).toBe(slowFnmatch(tag, glob));
      }),
      { numRuns: 1_000 },
    );
  });

  it('decides long tags quickly, whatever the glob', () => {
    const glob = `${'*[a-c]a'.repeat(20)}*b`;
    const before = performance.now();
    expect(fnmatch('a'.repeat(4096), glob)).toBe(false);
    // Trying every division of the tag would take longer than the universe has left.
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

const python = spawnSync('python3', ['-c', 'import fnmatch']).status === 0;

describe.skipIf(!python && process.env['CI'] !== 'true')('fnmatch beside Python (needs python3)', () => {
  it('agrees on generated globs and tags', () => {
    const pairs = fc.sample(pair, { numRuns: 4_000, seed: testSeed });
    const script =
      'import json,sys,fnmatch\nprint(json.dumps([fnmatch.fnmatchcase(t,g) for g,t in json.load(sys.stdin)]))';
    const run = spawnSync('python3', ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const expected = JSON.parse(run.stdout) as boolean[];
    expect(expected).toHaveLength(pairs.length);
    expect(expected.filter(Boolean).length).toBeGreaterThan(200);
    const different = pairs.filter(([glob, tag], i) => fnmatch(tag, glob) !== expected[i]);
    expect(different).toEqual([]);
  });
});
