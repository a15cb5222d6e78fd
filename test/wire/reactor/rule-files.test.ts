import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { diskRuleFiles } from '../../../src/reactor/index.ts';
import { watchFiles } from '../../../src/reactor/watch-files.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

function tree(root: string, files: readonly string[]): void {
  for (const file of files) {
    const path = join(root, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, file);
  }
}

test('reads files, and says null only of those that are not there', () => {
  using folder = temporaryFolder();
  tree(folder.path, ['a.yaml']);
  expect(diskRuleFiles.read(join(folder.path, 'a.yaml'))).toBe('a.yaml');
  expect(diskRuleFiles.read(join(folder.path, 'b.yaml'))).toBeNull();
  expect(diskRuleFiles.read(join(folder.path, 'a.yaml/b'))).toBeNull();
  expect(() => diskRuleFiles.read(folder.path)).toThrow(/EISDIR/);
  expect(diskRuleFiles.isFolder(folder.path)).toBe(true);
  expect(diskRuleFiles.isFolder(join(folder.path, 'a.yaml'))).toBe(false);
  expect(diskRuleFiles.isFolder(join(folder.path, 'nothing'))).toBe(false);
});

test('lists the reactor files of a folder, sorted, without hidden ones and folders', () => {
  using folder = temporaryFolder();
  tree(folder.path, ['b.yml', 'a.yaml', 'c.sls', 'd.txt', '.e.yaml', 'f.yaml/g.yaml']);
  const at = (name: string) => join(folder.path, name);
  expect(diskRuleFiles.list(folder.path)).toEqual([at('a.yaml'), at('b.yml'), at('c.sls')]);
  expect(diskRuleFiles.list(at('nothing'))).toEqual([]);
});

test("globs as Python's glob does", () => {
  using folder = temporaryFolder();
  tree(folder.path, ['a/x.sls', 'b/x.sls', 'b/y.sls', 'b/.z.sls', 'b/c/x.sls', 'b/[q].sls']);
  symlinkSync(join(folder.path, 'nowhere'), join(folder.path, 'b/dangling.sls'));
  const glob = (pattern: string) =>
    diskRuleFiles.glob(join(folder.path, pattern)).map((path) => path.slice(folder.path.length + 1));
  expect(glob('*/x.sls')).toEqual(['a/x.sls', 'b/x.sls']);
  expect(glob('b/*.sls')).toEqual(['b/[q].sls', 'b/x.sls', 'b/y.sls']);
  expect(glob('b/[xy].sls')).toEqual(['b/x.sls', 'b/y.sls']);
  expect(glob('b/[[]q].sls')).toEqual(['b/[q].sls']);
  expect(glob('b/.*.sls')).toEqual(['b/.z.sls']);
  expect(glob('**/x.sls')).toEqual(['a/x.sls', 'b/x.sls']);
  expect(glob('b/x.sls')).toEqual(['b/x.sls']);
  expect(glob('n*/x.sls')).toEqual([]);
});

test('sees a file that an editor replaces by another one, again and again', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'rules.yaml');
  writeFileSync(file, 'one');
  let wake: () => void = () => undefined;
  const watching = watchFiles(() => wake(), systemClock, silentTelemetry);
  watching.update([], [file]);
  for (const text of ['two', 'three', 'four']) {
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
    await changed;
    expect(diskRuleFiles.read(file)).toBe(text);
  }
  watching.close();
});
