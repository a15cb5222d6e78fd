import ipaddr from 'ipaddr.js';

/** An IP address as a number. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
  /** The interface that an IPv6 address names behind `%`; empty without one. */
  readonly scope: string;
}

/** An address with the length of its network, as `10.0.0.1/24` gives it. */
export interface Interface extends Address {
  readonly prefix: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/** The address that the text is, as strictly as Python's `ipaddress` reads it: no leading zeros, no blanks. */
export function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { version: 4, value: four, scope: '' };
  const [, plain = '', scope] = /^([^%]*)(?:%([^%/]+))?$/.exec(text) ?? [];
  const six = parseSix(plain);
  return six === undefined ? undefined : { version: 6, value: six, scope: scope ?? '' };
}

/** The address that an integer is: up to 32 bits are IPv4. */
export function numberedAddress(value: bigint): Address | undefined {
  if (value < 0n || value >= 1n << 128n) return undefined;
  return { version: value < 1n << 32n ? 4 : 6, value, scope: '' };
}

/** An address with or without `/prefix`; IPv4 takes a mask there too. */
export function parseInterface(text: string): Interface | undefined {
  const [head = '', mask, ...rest] = text.split('/');
  const address = rest.length > 0 ? undefined : parseAddress(head);
  return address === undefined ? undefined : withMask(address, mask ?? bitsOf[address.version]);
}

/** The address in the network of a prefix or mask; undefined for one that there is not. */
export function withMask(address: Address, mask: string | number): Interface | undefined {
  const bits = bitsOf[address.version];
  const given = typeof mask === 'number' || /^\d+$/.test(mask) ? Number(mask) : undefined;
  const prefix = given ?? (address.version === 4 ? prefixOfMask(String(mask)) : undefined);
  return prefix === undefined || prefix < 0 || prefix > bits ? undefined : { ...address, prefix };
}

/** The length that `255.255.255.0`, or the opposite `0.0.0.255`, stands for. */
function prefixOfMask(text: string): number | undefined {
  const value = parseFour(text);
  if (value === undefined) return undefined;
  const all = (1n << 32n) - 1n;
  for (const hosts of [all ^ value, value])
    if ((hosts & (hosts + 1n)) === 0n) return 32 - (hosts === 0n ? 0 : hosts.toString(2).length);
  return undefined;
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

/** ipaddr.js also takes octal and hexadecimal parts of IPv4, groups that are too long, and names of interfaces. */
function parseSix(text: string): bigint | undefined {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (!/^[\da-f:.]+$/i.test(text) || /[\da-f]{5}/i.test(text)) return undefined;
  if (text.includes('.') && parseFour(tail) === undefined) return undefined;
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  const bytes = ipaddr.IPv6.parse(text).toByteArray();
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

/** The address as Python writes it: lower case, the longest run of zero groups as `::`. */
export function addressText({ version, value, scope }: Address): string {
  const bytes = Array.from({ length: bitsOf[version] / 8 }, (_, at) =>
    Number((value >> BigInt(bitsOf[version] - 8 - 8 * at)) & 255n),
  );
  const text = ipaddr.fromByteArray(bytes).toString();
  return scope === '' ? text : `${text}%${scope}`;
}

export function interfaceText(given: Interface): string {
  return `${addressText(given)}/${given.prefix}`;
}

/** How many addresses the network of an interface has. */
export function sizeOf({ version, prefix }: Interface): bigint {
  return 1n << BigInt(bitsOf[version] - prefix);
}

/** Whether the address is in the network of the interface. */
export function isInside(address: Address, network: Interface): boolean {
  const size = sizeOf(network);
  return address.version === network.version && address.value / size === network.value / size;
}
