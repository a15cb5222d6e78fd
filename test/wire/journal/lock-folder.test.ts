import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder } from '../../../src/journal/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const holderScript = `
  import { createServer } from 'node:net';
  createServer((s) => s.end('4711 master')).listen(process.argv[1], () => process.stdout.write('ready'));
`;

test('a second user of a folder is refused and told who holds it', async () => {
  using folder = temporaryFolder();
  const lock = await lockFolder(folder.path, 'master');
  await expect(lockFolder(folder.path, 'reactor')).rejects.toMatchObject({
    code: 'DATA_DIR_IN_USE',
    message: expect.stringContaining(`master, process ${process.pid}`),
    fields: { pid: process.pid },
  });
  await lock.release();
  await (await lockFolder(folder.path, 'reactor')).release();
});

test('of many who come at once, one gets the folder', async () => {
  using folder = temporaryFolder();
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => lockFolder(folder.path, 'master')),
  );
  const locks = results.filter((result) => result.status === 'fulfilled');
  expect(locks).toHaveLength(1);
  for (const lock of locks) await lock.value.release();
});

test('a folder whose holder was killed is free again', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'lock.sock');
  const child = spawn(process.execPath, ['--input-type=module', '-e', holderScript, path]);
  await once(child.stdout, 'data');
  await expect(lockFolder(folder.path, 'reactor')).rejects.toMatchObject({ fields: { pid: 4711 } });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const locks = await Promise.allSettled([
    lockFolder(folder.path, 'reactor'),
    lockFolder(folder.path, 'reactor'),
  ]);
  const got = locks.filter((result) => result.status === 'fulfilled');
  expect(got).toHaveLength(1);
  await got[0]?.value.release();
});

test('a holder that accepts and says nothing still holds', async () => {
  using folder = temporaryFolder();
  const silent = createServer((socket) => socket.end());
  silent.listen(join(folder.path, 'lock.sock'));
  await once(silent, 'listening');
  await expect(lockFolder(folder.path, 'x')).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
  silent.close();
  await once(silent, 'close');
});

test.runIf(process.platform === 'linux')('a folder with a long path is locked too', async () => {
  using folder = temporaryFolder();
  const deep = join(folder.path, 'd'.repeat(120));
  const lock = await lockFolder(deep, 'master');
  await expect(lockFolder(deep, 'x')).rejects.toMatchObject({ fields: { pid: process.pid } });
  await lock.release();
  expect(readdirSync(deep)).toEqual([]);
  await (await lockFolder(deep, 'x')).release();
});
