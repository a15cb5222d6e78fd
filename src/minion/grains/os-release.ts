import { readFileSync } from 'node:fs';
import { mapOf, type ValueMap } from '../../core/index.ts';

/** `ID` of os-release → Salt's `os` and `os_family`. */
const families: ReadonlyMap<string, readonly [os: string, family: string]> = new Map([
  ['debian', ['Debian', 'Debian']],
  ['ubuntu', ['Ubuntu', 'Debian']],
  ['linuxmint', ['Mint', 'Debian']],
  ['raspbian', ['Raspbian', 'Debian']],
  ['fedora', ['Fedora', 'RedHat']],
  ['rhel', ['RedHat', 'RedHat']],
  ['centos', ['CentOS', 'RedHat']],
  ['rocky', ['Rocky', 'RedHat']],
  ['almalinux', ['AlmaLinux', 'RedHat']],
  ['ol', ['OEL', 'RedHat']],
  ['amzn', ['Amazon', 'RedHat']],
  ['sles', ['SUSE', 'Suse']],
  ['opensuse-leap', ['SUSE', 'Suse']],
  ['opensuse-tumbleweed', ['SUSE', 'Suse']],
  ['arch', ['Arch', 'Arch']],
  ['alpine', ['Alpine', 'Alpine']],
  ['gentoo', ['Gentoo', 'Gentoo']],
  ['void', ['Void', 'Void']],
]);

/** The grains that say which system this is, from the text of os-release. */
export function systemGrains(osRelease: string): ValueMap {
  const fields = parseOsRelease(osRelease);
  const id = fields.get('ID') ?? '';
  const likes = (fields.get('ID_LIKE') ?? '').split(' ');
  const name = fields.get('NAME') ?? 'Linux';
  const known = families.get(id);
  const relative = likes.map((like) => families.get(like)).find((entry) => entry !== undefined);
  const release = fields.get('VERSION_ID') ?? '';
  const [major = ''] = release.split('.');
  return mapOf({
    os: known?.[0] ?? name,
    os_family: known?.[1] ?? relative?.[1] ?? name,
    osfullname: name,
    osrelease: release,
    osmajorrelease: /^\d+$/.test(major) ? Number(major) : undefined,
    oscodename: fields.get('VERSION_CODENAME') ?? '',
    osfinger: release === '' ? name : `${name}-${major}`,
  });
}

function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const field = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (field === null) continue;
    const raw = (field[2] ?? '').trim();
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    fields.set(field[1] ?? '', (quoted?.[2] ?? raw).replace(/\\(.)/g, '$1'));
  }
  return fields;
}

export function readOsRelease(): string {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // The other place may have it.
    }
  }
  return '';
}
