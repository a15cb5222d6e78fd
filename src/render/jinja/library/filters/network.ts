import { int, PyTuple, type Value } from '../../../../core/index.ts';
import { isTrue, itemsOf, list, plain, str } from '../../run/convert.ts';
import { Generator, type PyObject, type PyValue } from '../../run/values.ts';
import {
  type Address,
  addressText,
  type Interface,
  interfaceText,
  isInside,
  numberedAddress,
  parseAddress,
  parseInterface,
  sizeOf,
  withMask,
} from '../address.ts';
import { addressKinds } from '../address-kinds.ts';
import { type Call, type FnTable, fn, rawFn, table } from '../function.ts';

type Version = 4 | 6;

/** What Python's `ipaddress` makes of a value: a text, a number, or a pair of an address and its mask. */
function readAddress(call: Call, value: PyValue): Address | Interface | undefined {
  const given = plain(value);
  if (given instanceof PyTuple) return readPair(call, given);
  const number = wholeNumber(given);
  if (number !== undefined) return numberedAddress(number);
  const text = str(call.rt, given);
  return parseAddress(text) ?? parseInterface(text);
}

function readPair(call: Call, { items }: PyTuple): Interface | undefined {
  const [head, mask = null, ...rest] = items.map(plain) as Value[];
  if (head === undefined) return call.rt.valueError('tuple index out of range');
  const number = wholeNumber(head);
  const address = number === undefined ? parseAddress(str(call.rt, head)) : numberedAddress(number);
  if (address === undefined || rest.length > 0) return undefined;
  if (items.length === 1) return withMask(address, address.version === 4 ? 32 : 128);
  const length = wholeNumber(mask);
  if (length === undefined && typeof mask !== 'string') call.rt.typeError('the mask of an address is text');
  return withMask(address, length === undefined ? (mask as string) : Number(length));
}

function wholeNumber(value: PyValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

/** The kinds that the argument at a position names, with commas between; others than these mean nothing. */
function kindsIn(call: Call, at: number): readonly string[] {
  if (!call.has(at) || !isTrue(call.rt, call.value(at))) return [];
  const names = call.text(at).split(',');
  return names.map((name) => name.trim()).filter((name) => Object.hasOwn(addressKinds, name));
}

function isOfKind(address: Address | Interface, kind: string): boolean {
  // These hold for an address with a network only when that network is no more than the address.
  const isSingle = !('prefix' in address) || address.prefix === 128;
  if (kind === 'unspecified' && !isSingle) return false;
  if (['loopback', 'lo'].includes(kind) && address.version === 6 && !isSingle) return false;
  return addressKinds[kind]?.(address) === true;
}

/** The address as Salt's filters print it; undefined when it is none, of another version or another kind. */
function accepted(
  call: Call,
  value: PyValue,
  version: Version,
  kinds: readonly string[],
): string | undefined {
  const address = readAddress(call, value);
  if (address === undefined || address.version !== version) return undefined;
  if (!kinds.every((kind) => isOfKind(address, kind))) return undefined;
  return 'prefix' in address ? interfaceText(address) : addressText(address);
}

function isMany(value: PyValue): boolean {
  return Array.isArray(value) || value instanceof PyTuple || value instanceof Generator;
}

/** The addresses of one version: of a list those in it, of a text itself or None. */
function ofVersion(call: Call, self: PyValue, version: Version): string | string[] | null {
  const value = plain(self);
  const kinds = kindsIn(call, 0);
  if (isMany(value)) {
    const items = itemsOf(call.rt, value);
    call.rt.step(items.length);
    return items.flatMap((item) => accepted(call, item, version, kinds) ?? []);
  }
  const isText = typeof value === 'string' || value instanceof Uint8Array;
  return isText ? (accepted(call, value, version, kinds) ?? null) : null;
}

/** Of a list the IPv4 addresses stand first. */
function ofAnyVersion(call: Call, self: PyValue): string | string[] | null {
  const four = ofVersion(call, self, 4);
  const six = ofVersion(call, self, 6);
  return Array.isArray(four) && Array.isArray(six) ? [...four, ...six] : (four ?? six);
}

function filtered(version?: Version): (call: Call, self: PyValue) => Value {
  return (call, self) => (version === undefined ? ofAnyVersion(call, self) : ofVersion(call, self, version));
}

/** What a function makes of one address, or of each in a list; None when there is none. */
function each(made: (call: Call, text: Interface) => Value): (call: Call, self: PyValue) => Value {
  return (call, self) => {
    const asked = call.has(1) && isTrue(call.rt, call.value(1)) ? call.value(1) : null;
    if (asked !== null && asked !== 4 && asked !== 6) return null;
    const found = asked === null ? ofAnyVersion(call, self) : ofVersion(call, self, asked);
    if (found === null) return null;
    if (typeof found === 'string') return made(call, networkOf(call, found));
    return found.length === 0 ? null : found.map((text) => made(call, networkOf(call, text)));
  };
}

function networkOf(call: Call, text: string): Interface {
  return parseInterface(text) ?? call.rt.valueError(`'${text.slice(0, 80)}' is no network`);
}

/** The addresses that hosts of the network can have. */
function hosts(call: Call, network: Interface): Value {
  const size = sizeOf(network);
  const first = (network.value / size) * size;
  const spare = size > 2n ? 1n : 0n;
  const last = first + size - 1n - (network.version === 4 ? spare : 0n);
  if (last - first > 70_000n) call.rt.fail('TEMPLATE_BUDGET', 'the network has too many hosts to list');
  call.rt.spend(Number(last - first) * 16);
  const found: string[] = [];
  for (let value = first + spare; value <= last; value += 1n) found.push(addressText({ ...network, value }));
  return found;
}

function is(...versions: readonly Version[]): (call: Call, self: Value | PyObject) => boolean {
  return (call, self) => {
    const kinds = kindsIn(call, 0);
    return versions.some((version) => accepted(call, self, version, kinds) !== undefined);
  };
}

function filterByNetworks(call: Call, self: Value | PyObject): PyValue {
  if (call.value(0) === null) return self;
  const networks = itemsOf(call.rt, call.value(0)).map((item) => strictNetwork(call, item));
  const kept = (values: PyValue): Value[] => {
    const items = itemsOf(call.rt, values);
    call.rt.step(items.length * networks.length);
    const held = items.flatMap((item) =>
      networks.filter((network) => isInside(needAddress(call, item), network)).map(() => [item]),
    );
    return list(held.map(([item]) => item as PyValue));
  };
  if (self instanceof Map) return new Map([...self].map(([name, values]) => [name, kept(values)]));
  if (typeof self === 'string' || self instanceof Uint8Array || isMany(self)) return kept(self);
  return call.rt.valueError('only lists and maps of addresses can be filtered');
}

function needAddress(call: Call, value: PyValue): Address {
  const number = wholeNumber(plain(value));
  const text = number === undefined ? str(call.rt, value) : String(number);
  const address = number === undefined ? parseAddress(text) : numberedAddress(number);
  return address ?? call.rt.valueError(`'${text.slice(0, 80)}' is no IPv4 or IPv6 address`);
}

/** A network whose address has no bits behind its prefix. */
function strictNetwork(call: Call, item: PyValue): Interface {
  const number = wholeNumber(plain(item));
  const network =
    number === undefined ? networkOf(call, str(call.rt, item)) : readPair(call, new PyTuple([item as Value]));
  if (network === undefined || network.value % sizeOf(network) !== 0n)
    return call.rt.valueError(`'${str(call.rt, item).slice(0, 80)}' has host bits set`);
  return network;
}

/** IPv6 addresses in the brackets that they need in a URL; whatever else as it is. */
function wrapped(call: Call, value: PyValue): PyValue {
  if (accepted(call, value, 6, []) === undefined) return value;
  const bare = str(call.rt, value).replace(/^\[+|\]+$/g, '');
  const address = needAddress(call, bare);
  return address.version === 6 ? `[${addressText(address)}]` : addressText(address);
}

export const networkFilters: FnTable = table({
  filter_by_networks: fn('networks', filterByNetworks),
  ip_host: rawFn(
    'options? version?',
    each((_call, network) => interfaceText(network)),
  ),
  ipaddr: rawFn('options?', filtered()),
  ipv4: rawFn('options?', filtered(4)),
  ipv6: rawFn('options?', filtered(6)),
  ipwrap: fn('', (call, self) => {
    if (!Array.isArray(self) && !(self instanceof PyTuple)) return wrapped(call, self);
    return list(itemsOf(call.rt, self).map((item) => wrapped(call, plain(item))));
  }),
  is_ip: fn('options?', is(4, 6)),
  is_ipv4: fn('options?', is(4)),
  is_ipv6: fn('options?', is(6)),
  network_hosts: rawFn('options? version?', each(hosts)),
  network_size: rawFn(
    'options? version?',
    each((_call, network) => int(sizeOf(network))),
  ),
});
