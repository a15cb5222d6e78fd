import { int, PyTuple, type Value } from '../../../../core/index.ts';
import { isTrue, itemsOf, str } from '../../run/convert.ts';
import type { PyObject } from '../../run/values.ts';
import {
  type Address,
  addressText,
  isPrivate,
  type Network,
  parseAddress,
  parseNetwork,
} from '../address.ts';
import { type Call, type FnTable, fn, table, textFn } from '../function.ts';

type Version = 4 | 6 | undefined;

/** The address or network as Salt's `ipaddr` prints it, or undefined when it is none or does not fit. */
function accepted(text: string, version: Version, options: readonly string[]): string | undefined {
  const network = parseNetwork(text);
  if (network === undefined || (version !== undefined && network.version !== version)) return undefined;
  const fits = options.every((option) => hasQuality(network, option));
  return fits ? text.trim() : undefined;
}

function hasQuality(address: Address, option: string): boolean {
  if (option === 'private') return isPrivate(address);
  if (option === 'global' || option === 'public') return !isPrivate(address);
  const first = address.version === 4 ? Number(address.value >> 24n) : Number(address.value >> 120n);
  if (option === 'loopback') return address.version === 4 ? first === 127 : address.value === 1n;
  if (option === 'multicast') return address.version === 4 ? first >= 224 && first < 240 : first === 255;
  return false;
}

function filtered(version: Version): (call: Call, self: Value | PyObject) => Value {
  return (call, self) => {
    const options =
      call.has(0) && isTrue(call.rt, call.value(0))
        ? call
            .str(0)
            .split(',')
            .map((option) => option.trim())
        : [];
    if (!(Array.isArray(self) || self instanceof PyTuple))
      return accepted(str(call.rt, self), version, options) ?? null;
    const kept = itemsOf(call.rt, self).map((item) => accepted(str(call.rt, item), version, options));
    return kept.filter((item) => item !== undefined);
  };
}

function is(version: Version): (call: Call, self: string) => boolean {
  return (_call, self) => {
    const address = parseAddress(self);
    return address !== undefined && (version === undefined || address.version === version);
  };
}

function needNetwork(call: Call, text: string): Network {
  return parseNetwork(text) ?? call.rt.valueError(`'${text.slice(0, 80)}' is no network`);
}

function sizeOf(network: Network): bigint {
  return 1n << BigInt((network.version === 4 ? 32 : 128) - network.prefix);
}

/** The addresses that hosts of the network can have. */
function hosts(call: Call, text: string): Value {
  const network = needNetwork(call, text);
  const size = sizeOf(network);
  const first = (network.value / size) * size;
  const spare = size > 2n ? 1n : 0n;
  const last = first + size - 1n - (network.version === 4 ? spare : 0n);
  if (last - first > 70_000n) call.rt.fail('TEMPLATE_BUDGET', 'the network has too many hosts to list');
  call.rt.spend(Number(last - first) * 16);
  const list: string[] = [];
  for (let value = first + spare; value <= last; value += 1n)
    list.push(addressText({ version: network.version, value }));
  return list;
}

function inNetworks(call: Call, text: string, networks: readonly string[]): boolean {
  const address = parseAddress(text);
  return networks.some((other) => {
    const network = needNetwork(call, other);
    return (
      address?.version === network.version &&
      address.value / sizeOf(network) === network.value / sizeOf(network)
    );
  });
}

function filterByNetworks(call: Call, self: Value | PyObject): Value {
  const networks = itemsOf(call.rt, call.value(0)).map((item) => str(call.rt, item));
  const given = itemsOf(call.rt, self).map((item) => str(call.rt, item));
  call.rt.step(given.length * networks.length);
  return given.filter((item) => inNetworks(call, item, networks));
}

/** An address with the length of its network. */
function asInterface(address: Value): Value {
  if (typeof address !== 'string' || address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

export const networkFilters: FnTable = table({
  filter_by_networks: fn('networks', filterByNetworks),
  ip_host: fn('options? version?', (call, self) => {
    const kept = filtered(undefined)(call, self);
    return Array.isArray(kept) ? kept.map(asInterface) : asInterface(kept);
  }),
  ipaddr: fn('options?', filtered(undefined)),
  ipv4: fn('options?', filtered(4)),
  ipv6: fn('options?', filtered(6)),
  ipwrap: fn('', (call, self) => {
    const wrap = (text: string): string => (parseAddress(text)?.version === 6 ? `[${text}]` : text);
    if (!Array.isArray(self)) return wrap(str(call.rt, self));
    return self.map((item) => wrap(str(call.rt, item)));
  }),
  is_ip: textFn('options?', is(undefined)),
  is_ipv4: textFn('options?', is(4)),
  is_ipv6: textFn('options?', is(6)),
  network_hosts: textFn('options? version?', hosts),
  network_size: textFn('options? version?', (call, self) => int(sizeOf(needNetwork(call, self)))),
});
