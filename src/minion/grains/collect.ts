import { existsSync, readFileSync } from 'node:fs';
import { cpus, machine, release, totalmem, type } from 'node:os';
import type { MinionSettings } from '../../config/index.ts';
import { mapOf, type ValueMap } from '../../core/index.ts';
import type { GrainSource } from '../modules/types.ts';
import { nameGrains, networkGrains } from './network.ts';
import { readOsRelease, systemGrains } from './os-release.ts';

/** What is known of this host; the operator's static grains win. */
export function collectGrains(settings: MinionSettings): ValueMap {
  return new Map([
    ...systemGrains(readOsRelease()),
    ...mapOf({
      kernel: type(),
      kernelrelease: release(),
      cpuarch: machine(),
      num_cpus: cpus().length,
      cpu_model: cpus()[0]?.model ?? '',
      mem_total: Math.floor(totalmem() / 2 ** 20),
      virtual: virtualKind(),
      init: initSystem(),
      uid: process.getuid?.() ?? 0,
      pid: process.pid,
    }),
    ...nameGrains(),
    ...networkGrains(),
    ...mapOf({ master: settings.master ?? 'localhost' }),
    ...settings.grains,
    ...mapOf({ id: settings.id }),
  ]);
}

/** A container, a virtual machine as far as the kernel says so, or the hardware. */
function virtualKind(): string {
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv')) return 'container';
  const vendor = readQuietly('/sys/class/dmi/id/sys_vendor');
  const known: readonly (readonly [RegExp, string])[] = [
    [/qemu/i, 'kvm'],
    [/vmware/i, 'VMware'],
    [/innotek|virtualbox/i, 'VirtualBox'],
    [/xen/i, 'xen'],
    [/microsoft/i, 'HyperV'],
    [/amazon/i, 'kvm'],
    [/google/i, 'gce'],
  ];
  return known.find(([pattern]) => pattern.test(vendor))?.[1] ?? 'physical';
}

function initSystem(): string {
  return existsSync('/run/systemd/system') ? 'systemd' : readQuietly('/proc/1/comm').trim() || 'unknown';
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Grains that are looked up once and again when asked. */
export function grainSource(settings: MinionSettings, onChange: (grains: ValueMap) => void): GrainSource {
  let grains = collectGrains(settings);
  return {
    get: () => grains,
    refresh: () => {
      grains = collectGrains(settings);
      onChange(grains);
      return Promise.resolve(grains);
    },
  };
}
