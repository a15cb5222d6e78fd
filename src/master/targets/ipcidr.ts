import { BlockList, isIP } from 'node:net';
import { BrineError, type Value, type ValueMap } from '../../core/index.ts';

/**
 * A test of grains by address or subnet. Throws BAD_ARGUMENT when the text is neither, or when a subnet
 * has host bits.
 */
export function ipcidrTest(text: string): (grains: ValueMap) => boolean {
  const [address = '', bits, ...more] = text.trim().split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) throw notOne(text);
  const key = family === 4 ? 'ipv4' : 'ipv6';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  if (bits === undefined) list.addAddress(address, type);
  else {
    const prefix = Number(bits);
    if (!/^\d{1,3}$/.test(bits) || prefix > (family === 4 ? 32 : 128)) throw notOne(text);
    if (hasHostBits(address, family, prefix))
      throw new BrineError('BAD_ARGUMENT', `${text} has host bits set; the network part alone is meant.`);
    list.addSubnet(address, prefix, type);
  }
  return (grains) =>
    addressesOf(grains.get(key)).some((own) => isIP(own) === family && list.check(own, type));
}

function notOne(text: string): BrineError {
  return new BrineError('BAD_ARGUMENT', `${text} is neither an IP address nor a subnet.`);
}

function addressesOf(value: Value | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function hasHostBits(address: string, family: number, prefix: number): boolean {
  const width = family === 4 ? 32 : 128;
  const host = (1n << BigInt(width - prefix)) - 1n;
  return (addressBits(address, family) & host) !== 0n;
}

function addressBits(address: string, family: number): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const [head = '', tail] = withoutDotted(address).split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].reduce(
    (sum, group) => (sum << 16n) | BigInt(`0x${group}`),
    0n,
  );
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

/** `::ffff:1.2.3.4` with its last four bytes as two groups. */
function withoutDotted(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) => {
    const group = (high: string, low: string): string => ((Number(high) << 8) | Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
}
