import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { collectGrains } from '../../../src/minion/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Bench } from './support.ts';

it('tells names and addresses of the host', async () => {
  using folder = temporaryFolder();
  await using bench = new Bench(folder.path);
  bench.grains = collectGrains(bench.settings.minion);
  const real = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const outside = (family: string): string[] =>
    real.filter((entry) => entry.family === family && !entry.internal).map(({ address }) => address);
  const four = (await bench.run('network.ip_addrs')).return as string[];
  expect(four.toSorted()).toEqual([...new Set(outside('IPv4'))].toSorted());
  expect(four.every(isIPv4)).toBe(true);
  expect(((await bench.run('network.ip_addrs6')).return as string[]).every(isIPv6)).toBe(true);
  expect((await bench.run('network.ip_addrs', ['lo', true])).return).toEqual(
    real.some(({ address }) => address === '127.0.0.1') ? ['127.0.0.1'] : [],
  );
  expect((await bench.run('network.get_hostname')).return).not.toBe('');
  expect(await bench.run('network.ip_addrs', [null, false, '10.0.0.0/8'])).toMatchObject({
    success: false,
    return: expect.stringContaining('cidr is not supported') as string,
  });
});
