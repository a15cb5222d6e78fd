import { describe, expect, it } from 'vitest';
import { networkGrains } from '../../../src/minion/grains/network.ts';
import { systemGrains } from '../../../src/minion/grains/os-release.ts';
import { traverse } from '../../../src/minion/modules/traverse.ts';

describe('grains of the system', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'Debian',
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
      {
        os: 'Debian',
        os_family: 'Debian',
        osfullname: 'Debian GNU/Linux',
        osrelease: '12',
        osmajorrelease: 12,
        oscodename: 'bookworm',
      },
    ],
    [
      'Rocky',
      'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n',
      { os: 'Rocky', os_family: 'RedHat', osrelease: '9.3', osmajorrelease: 9 },
    ],
    ['a relative', "ID=pop\nID_LIKE='ubuntu debian'\nNAME=Pop!_OS\n", { os: 'Pop!_OS', os_family: 'Debian' }],
    ['an unknown one', 'ID=thing\nNAME="Thing \\"X\\""\n', { os: 'Thing "X"', os_family: 'Thing "X"' }],
    ['none', '', { os: 'Linux', os_family: 'Linux', osrelease: '' }],
  ])('%s', (_name, text, expected) => {
    expect(Object.fromEntries(systemGrains(text))).toMatchObject(expected);
  });

  it('lists addresses by family and by interface', () => {
    const entry = (address: string, family: 'IPv4' | 'IPv6') =>
      ({ address, family, netmask: '', mac: '0a:00', internal: false, cidr: null, scopeid: 0 }) as never;
    const grains = networkGrains({
      lo: [entry('127.0.0.1', 'IPv4'), entry('::1', 'IPv6')],
      eth0: [entry('10.0.0.5', 'IPv4')],
    });
    expect(grains.get('ipv4')).toEqual(['10.0.0.5', '127.0.0.1']);
    expect(grains.get('ipv6')).toEqual(['::1']);
    expect(grains.get('ip4_interfaces')).toEqual(
      new Map([
        ['lo', ['127.0.0.1']],
        ['eth0', ['10.0.0.5']],
      ]),
    );
  });
});

describe('paths into values', () => {
  const root = new Map([['a', new Map<never, never>([['b', ['x', 'y']]] as never)]]) as never;
  it.each([
    ['a:b:1', 'y'],
    ['a:b:2', undefined],
    ['a:c', undefined],
    ['a:b:1:z', undefined],
  ])('%s', (path, expected) => {
    expect(traverse(root, path)).toEqual(expected);
  });
});
