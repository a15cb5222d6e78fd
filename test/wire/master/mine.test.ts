import { describe, expect, it } from 'vitest';
import { fromPlain, grainFacts, type Plain, type ValueMap } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { attached, startMaster, type TestMaster } from './support.ts';

const grains = {
  nodename: 'web1',
  fqdn: 'web1.example.org',
  ip4_interfaces: { lo: ['127.0.0.1'], eth1: ['10.0.0.20', '10.0.0.3'], eth0: ['192.0.2.7', '10.0.0.3'] },
  ip6_interfaces: { lo: ['::1'], eth0: ['fe80::1', '2001:db8::a', '2001:db8::9'] },
};

const facts = fromPlain(grains) as ValueMap;

describe('what grains tell', () => {
  it.each([
    ['network.ip_addrs', ['10.0.0.3', '10.0.0.20', '192.0.2.7']],
    ['network.ip_addrs6', ['2001:db8::9', '2001:db8::a', 'fe80::1']],
    ['network.get_hostname', 'web1'],
    ['network.get_fqdn', 'web1.example.org'],
  ])('%s', (name, value) => {
    expect(grainFacts.get(name)?.(facts)).toEqual(value);
  });
});

describe('mine.get', () => {
  const get = (test: TestMaster, ...arg: Plain[]): Promise<Record<string, unknown>> =>
    test.askMap('run', { fun: 'mine.get', arg, kwarg: {}, user: 'ann' });

  it('gathers from the minions of a target what their grains tell', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using one = await attached(test, 'web1', grains);
    await using two = await attached(test, 'db1', { nodename: 'db1' });
    expect((await get(test, 'web*', 'network.ip_addrs'))['return']).toEqual({
      web1: ['10.0.0.3', '10.0.0.20', '192.0.2.7'],
    });
    expect((await get(test, '*', 'network.get_hostname, grains.items'))['return']).toEqual({
      'network.get_hostname': { web1: 'web1', db1: 'db1' },
      'grains.items': { web1: grains, db1: { nodename: 'db1' } },
    });
    expect((await get(test, 'web1,db1', ['network.ipaddrs'], 'list'))['return']).toEqual({
      'network.ipaddrs': { web1: ['10.0.0.3', '10.0.0.20', '192.0.2.7'], db1: [] },
    });
    const unknown = await get(test, '*', 'disk.usage');
    expect(unknown).toMatchObject({ success: false });
    expect(String(unknown['return'])).toContain('The mine does not hold disk.usage; it holds grains.items,');
    expect([...one.jobs, ...two.jobs]).toEqual([]);
  });

  it('is asked without a job and without events', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using _ = await attached(test, 'web1', grains);
    await test.watch();
    const asked = await test.ask('ask', {
      kind: 'runner',
      fun: 'mine.get',
      arg: ['*', 'network.get_fqdn'],
      kwarg: {},
    });
    expect(asked).toEqual({ web1: 'web1.example.org' });
    await expect(
      test.ask('ask', { kind: 'runner', fun: 'no.such', arg: [], kwarg: {} }),
    ).rejects.toMatchObject({
      code: 'NO_SUCH_FUNCTION',
    });
    await expect(
      test.ask('ask', { kind: 'wheel', fun: 'key.list', arg: [], kwarg: {} }),
    ).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    await expect(test.ask('ask', { kind: 'local', fun: 'test.ping' })).rejects.toMatchObject({
      code: 'BAD_MESSAGE',
    });
    await test.askMap('run', { fun: 'test.arg', arg: [], kwarg: {}, user: 'ann' });
    const [first] = await test.events(/^salt\/run\//);
    expect(first?.data).toMatchObject({ fun: 'runner.test.arg' });
  });
});
