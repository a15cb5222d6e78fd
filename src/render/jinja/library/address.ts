/** An IP address as a number. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export interface Network extends Address {
  readonly prefix: number;
}

export function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { version: 4, value: four };
  const six = parseSix(text.replace(/%.*$/, ''));
  return six === undefined ? undefined : { version: 6, value: six };
}

/** An address with or without `/prefix`. */
export function parseNetwork(text: string): Network | undefined {
  const [, head = '', tail] = /^\s*([^/\s]+)(?:\/(\d{1,3}))?\s*$/.exec(text) ?? [];
  const address = parseAddress(head);
  if (address === undefined) return undefined;
  const bits = address.version === 4 ? 32 : 128;
  const prefix = tail === undefined ? bits : Number(tail);
  return prefix > bits ? undefined : { ...address, prefix };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function parseSix(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const embedded = tail === null ? undefined : parseFour(tail[2] ?? '');
  if (tail !== null && embedded === undefined) return undefined;
  const hex =
    embedded === undefined
      ? text
      : `${tail?.[1]}${(embedded >> 16n).toString(16)}:${(embedded & 0xffffn).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...right];
  let value = 0n;
  for (const group of groups) {
    if (!/^[\da-f]{1,4}$/i.test(group)) return undefined;
    value = value * 65_536n + BigInt(Number.parseInt(group, 16));
  }
  return value;
}

export function addressText({ version, value }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  );
  // The longest run of zeros, the first of several, is written as '::'.
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

const privateNetworks: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/29',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '::1/128',
  '::/128',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
];

/** Whether the address is in a range that is not routed in the Internet. */
export function isPrivate(address: Address): boolean {
  return privateNetworks.some((text) => {
    const network = parseNetwork(text);
    if (network === undefined || network.version !== address.version) return false;
    const shift = BigInt((network.version === 4 ? 32 : 128) - network.prefix);
    return network.value >> shift === address.value >> shift;
  });
}
