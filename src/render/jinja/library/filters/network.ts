import { int, PyTuple, type Value } from '../../../../core/index.ts';
import { isTrue, itemsOf, lengthOf, list, plain, pure, str } from '../../run/convert.ts';
import { type PyObject, type PyValue, Undefined } from '../../run/values.ts';
import {
  type Address,
  addressText,
  isPrivate,
  type Network,
  parseAddress,
  parseNetwork,
} from '../address.ts';
import { type Call, type FnTable, fn, rawFn, table } from '../function.ts';

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

/** The text of an address; inside a list it may be written as a number. */
function addressIn(call: Call, item: PyValue): string {
  const value = pure(call.rt, item);
  return numberedAddress(value) ?? str(call.rt, value);
}

function numberedAddress(given: PyValue): string | undefined {
  const value = typeof given === 'boolean' ? Number(given) : given;
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) return undefined;
  const number = BigInt(value);
  if (number < 0n || number >= 1n << 128n) return undefined;
  return addressText({ version: number < 1n << 32n ? 4 : 6, value: number });
}

function filtered(version: Version): (call: Call, self: PyValue) => Value {
  return (call, self) => {
    const options =
      call.has(0) && isTrue(call.rt, call.value(0))
        ? call
            .str(0)
            .split(',')
            .map((option) => option.trim())
        : [];
    if (self instanceof Undefined) return null;
    if (!(Array.isArray(self) || self instanceof PyTuple))
      return accepted(str(call.rt, self), version, options) ?? null;
    const kept = itemsOf(call.rt, self).map((item) => accepted(addressIn(call, item), version, options));
    return kept.filter((item) => item !== undefined);
  };
}

function is(version: Version): (call: Call, self: Value | PyObject) => boolean {
  return (call, self) => {
    const text = numberedAddress(self) ?? str(call.rt, self);
    const address = /\s/.test(text) ? undefined : parseNetwork(text);
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
  if (typeof self !== 'string' && !isTrue(call.rt, self) && lengthOf(call.rt, self) === 0)
    return self instanceof Map ? self : [];
  const given = itemsOf(call.rt, self).map((item) => addressIn(call, item));
  const wrong = given.find((item) => parseAddress(item) === undefined);
  if (wrong !== undefined)
    call.rt.valueError(`'${wrong.slice(0, 80)}' does not appear to be an IPv4 or IPv6 address`);
  call.rt.step(given.length * networks.length);
  return given.filter((item) => inNetworks(call, item, networks));
}

/** An address with the length of its network. */
function asInterface(address: Value): Value {
  if (typeof address !== 'string' || address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** What a network has, for one or for each of a list; None for what is no network. */
function each(made: (call: Call, text: string) => Value): (call: Call, self: PyValue) => Value {
  return (call, self) => {
    const kept = filtered(undefined)(call, self);
    if (typeof kept === 'string') return made(call, kept);
    if (!Array.isArray(kept) || kept.length === 0) return null;
    return kept.map((item) => made(call, item as string));
  };
}

export const networkFilters: FnTable = table({
  filter_by_networks: fn('networks', filterByNetworks),
  ip_host: rawFn('options? version?', (call, self) => {
    const kept = filtered(undefined)(call, self);
    if (!Array.isArray(kept)) return asInterface(kept);
    return kept.length === 0 ? null : kept.map(asInterface);
  }),
  ipaddr: rawFn('options?', filtered(undefined)),
  ipv4: rawFn('options?', filtered(4)),
  ipv6: rawFn('options?', filtered(6)),
  ipwrap: fn('', (call, self) => {
    const wrap = (text: string): string => (parseAddress(text)?.version === 6 ? `[${text}]` : text);
    if (!Array.isArray(self) && !(self instanceof PyTuple)) return wrap(str(call.rt, self));
    return list(
      itemsOf(call.rt, self)
        .map(plain)
        .map((item) => (typeof item === 'string' ? wrap(item) : (item as PyValue))),
    );
  }),
  is_ip: fn('options?', is(undefined)),
  is_ipv4: fn('options?', is(4)),
  is_ipv6: fn('options?', is(6)),
  network_hosts: rawFn('options? version?', each(hosts)),
  network_size: rawFn(
    'options? version?',
    each((call, text) => int(sizeOf(needNetwork(call, text)))),
  ),
});
