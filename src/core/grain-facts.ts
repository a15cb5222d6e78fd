import { getString, type Value, type ValueMap } from './value.ts';

export interface AddressOptions {
  /** One interface; all without. */
  readonly interface?: string;
  readonly includeLoopback?: boolean;
}

/** The addresses that a host's grains name, each once, sorted as numbers are; as Salt's `network.ip_addrs` gives them. */
export function addressesIn(grains: ValueMap, family: 4 | 6, options: AddressOptions = {}): Value[] {
  const interfaces = grains.get(family === 4 ? 'ip4_interfaces' : 'ip6_interfaces');
  if (!(interfaces instanceof Map)) return [];
  const found = new Set<string>();
  for (const [name, addresses] of interfaces) {
    if (options.interface !== undefined && name !== options.interface) continue;
    for (const address of Array.isArray(addresses) ? addresses : [])
      if (typeof address === 'string' && (options.includeLoopback === true || !isLoopback(address)))
        found.add(address);
  }
  return [...found].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function sortKey(address: string): string {
  if (!address.includes(':')) return address.replace(/\d+/g, (part) => part.padStart(3, '0'));
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].map((part) => part.padStart(4, '0')).join(':');
}

/** What can be told of a host from its grains alone, by the name of Salt's function. */
export const grainFacts: ReadonlyMap<string, (grains: ValueMap) => Value> = new Map([
  ['grains.items', (grains: ValueMap): Value => grains],
  ['network.get_fqdn', (grains: ValueMap): Value => getString(grains, 'fqdn') ?? ''],
  ['network.get_hostname', (grains: ValueMap): Value => getString(grains, 'nodename') ?? ''],
  ['network.ip_addrs', (grains: ValueMap): Value => addressesIn(grains, 4)],
  ['network.ip_addrs6', (grains: ValueMap): Value => addressesIn(grains, 6)],
  ['network.ipaddrs', (grains: ValueMap): Value => addressesIn(grains, 4)],
  ['network.ipaddrs6', (grains: ValueMap): Value => addressesIn(grains, 6)],
]);
