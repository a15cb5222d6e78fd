import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** A file system of our own that ends with its `using` scope. */
export class Mount implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** In memory, with so many KiB. */
  static tmpfs(path: string, kib: number): Mount {
    mkdirSync(path, { recursive: true });
    if (!run('mount', '-t', 'tmpfs', '-o', `size=${kib}k,mode=0700`, 'tmpfs', path))
      throw new Error(`no tmpfs at ${path}`);
    return new Mount(path);
  }

  /** The ext4 in an image: what is written reaches the image only when it is flushed. */
  static image(image: string, path: string): Mount {
    mkdirSync(path, { recursive: true });
    if (!run('mount', '-o', 'loop,noatime', image, path)) throw new Error(`cannot mount ${image}`);
    return new Mount(path);
  }

  resize(kib: number): void {
    if (!run('mount', '-o', `remount,size=${kib}k`, this.path)) throw new Error(`cannot resize ${this.path}`);
  }

  [Symbol.dispose](): void {
    // A process that was just killed may keep its files open for a moment.
    for (let attempt = 0; attempt < 50 && !run('umount', this.path); attempt += 1) run('sleep', '0.1');
  }
}

export function makeImage(image: string, mib: number): boolean {
  return run('truncate', '-s', `${mib}M`, image) && run('mkfs.ext4', '-q', '-F', image);
}

/** Whether this machine lets us mount: it takes the superuser, and devices that containers often lack. */
export function canMount(kind: 'tmpfs' | 'image'): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'brine-mount-'));
  try {
    if (kind === 'image' && !makeImage(join(folder, 'image'), 8)) return false;
    const path = join(folder, 'm');
    using mount = kind === 'image' ? Mount.image(join(folder, 'image'), path) : Mount.tmpfs(path, 100);
    return mount.path === path;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
