import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { mapOf, type Value, type ValueMap } from '../../core/index.ts';

type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

/** Addresses of this host, by family and by interface, as Salt's grains list them. */
export function networkGrains(interfaces: Interfaces = networkInterfaces()): ValueMap {
  const addresses = (family: 'IPv4' | 'IPv6' | null): ValueMap =>
    new Map(
      Object.entries(interfaces).map(([name, entries]): [Value, Value] => [
        name,
        (entries ?? [])
          .filter((entry) => family === null || entry.family === family)
          .map((entry) => entry.address),
      ]),
    );
  const flat = (byInterface: ValueMap): Value[] =>
    [...new Set([...byInterface.values()].flatMap((list) => list as string[]))].sort();
  const hardware = Object.entries(interfaces).map(([name, entries]): [Value, Value] => [
    name,
    entries?.[0]?.mac ?? '',
  ]);
  return mapOf({
    ipv4: flat(addresses('IPv4')),
    ipv6: flat(addresses('IPv6')),
    ip_interfaces: addresses(null),
    ip4_interfaces: addresses('IPv4'),
    ip6_interfaces: addresses('IPv6'),
    hwaddr_interfaces: new Map(hardware),
  });
}

export function nameGrains(): ValueMap {
  const name = hostname();
  return mapOf({
    localhost: name,
    nodename: name,
    host: name.split('.')[0] ?? name,
    fqdn: name,
    domain: name.split('.').slice(1).join('.'),
  });
}
