import { type Address, isInside, parseInterface } from './address.ts';

/** Whether an address is in one of the networks, which stand with blanks between. */
function among(networks: string): (address: Address) => boolean {
  const parsed = networks
    .trim()
    .split(/\s+/)
    .map(parseInterface)
    .filter((network) => network !== undefined);
  return (address) => parsed.some((network) => isInside(address, network));
}

const isPrivateRange = among(`
  0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/29 192.0.0.170/31
  192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 ::1/128
  ::/128 ::ffff:0:0/96 100::/64 2001::/23 2001:db8::/32 2001:10::/28 fc00::/7 fe80::/10
`);

/** IPv4 inside IPv6 (`::ffff:10.0.0.1`) is what it holds. */
function isPrivate(address: Address): boolean {
  if (address.version === 6 && address.value >> 32n === 0xffffn)
    return isPrivateRange({ version: 4, value: address.value & 0xffffffffn, scope: '' });
  return isPrivateRange(address);
}

const isLoopback = among('127.0.0.0/8 ::1/128');
const isLinkLocal = among('169.254.0.0/16 fe80::/10');
const isMulticast = among('224.0.0.0/4 ff00::/8');
const isSiteLocal = among('fec0::/10');
const isUnspecified = among('0.0.0.0/32 ::/128');
const isReserved = among(`
  240.0.0.0/4 ::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3
  c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9
`);

/** The kinds of addresses that the options of Salt's network filters name, as Python's `ipaddress` draws them. */
export const addressKinds: Readonly<Record<string, (address: Address) => boolean>> = {
  global: (address) => !isPrivate(address),
  public: (address) => !isPrivate(address),
  private: isPrivate,
  'link-local': isLinkLocal,
  link_local: isLinkLocal,
  linklocal: isLinkLocal,
  ll: isLinkLocal,
  loopback: isLoopback,
  lo: isLoopback,
  multicast: isMulticast,
  reserved: isReserved,
  'site-local': isSiteLocal,
  site_local: isSiteLocal,
  sl: isSiteLocal,
  unspecified: isUnspecified,
};
