/** A shape of globs, by the number of a rule, and the tags that such a glob matches. */
export interface Shape {
  readonly glob: (rule: number | string) => string;
  readonly tag: (rule: number, serial: number) => string;
}

/** A mix as reactor files have it: most globs watch one minion, one application or one exact tag. */
export const shapes: readonly Shape[] = [
  { glob: (i) => `acme/exact/${i}`, tag: (i) => `acme/exact/${i}` },
  { glob: (i) => `acme/app${i}/*`, tag: (i, n) => `acme/app${i}/build/${n}` },
  { glob: (i) => `*/error/${i}`, tag: (i, n) => `acme/run${n}/error/${i}` },
  { glob: (i) => `salt/minion/*.rack${i}/start`, tag: (i, n) => `salt/minion/web${n % 999}.rack${i}/start` },
  { glob: (i) => `salt/job/*/ret/web${i}`, tag: (i, n) => `salt/job/${jid(n)}/ret/web${i}` },
  { glob: (i) => `salt/job/*/ret/db${i}.*`, tag: (i, n) => `salt/job/${jid(n)}/ret/db${i}.example.com` },
  {
    glob: (i) => `salt/beacon/db${i}/*/full`,
    tag: (i, n) => `salt/beacon/db${i}/diskusage${n % 9}/full`,
  },
  { glob: (i) => `*/alarm${i}/*`, tag: (i, n) => `acme/site${n % 999}/alarm${i}/raised` },
  { glob: (i) => `acme/host${i}?/up`, tag: (i, n) => `acme/host${i}${'abc'[n % 3]}/up` },
  { glob: (i) => `acme/cache${i}[0-9]/*`, tag: (i, n) => `acme/cache${i}${n % 10}/evicted` },
  { glob: (i) => `acme/[!x]/zone${i}/*`, tag: (i, n) => `acme/${'abc'[n % 3]}/zone${i}/changed` },
];

const misses: readonly ((serial: number) => string)[] = [
  (n) => `salt/job/${jid(n)}/new`,
  (n) => `salt/run/${jid(n)}/ret`,
  (n) => `salt/job/${jid(n)}/ret/mail${n % 5000}.example.com`,
  (n) => `acme/other${n % 7000}/x`,
  (n) => `salt/beacon/web${n % 100}/load/`,
];

function jid(n: number): string {
  return String(20_261_122_000_000_000_000n + BigInt(n));
}

/** Gives tag after tag, no two the same but those of exact globs, each matched by one of `rules` globs at random. */
export function tagsThatHit(from: readonly Shape[], rules: number): () => string {
  let serial = 0;
  let random = 1;
  return () => {
    serial += 1;
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    const rule = Math.floor((random / 2 ** 32) * rules);
    return decoded(from[rule % from.length]?.tag(rule, serial) ?? '');
  };
}

export function tagsThatMiss(): () => string {
  let serial = 0;
  return () => {
    serial += 1;
    return decoded(misses[serial % misses.length]?.(serial) ?? '');
  };
}

/** A whole string, as a decoder makes it: not the parts from which it was put together. */
function decoded(tag: string): string {
  return Buffer.from(tag).toString('latin1');
}
