import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './report.ts';

/** Milliseconds of one `fdatasync` after a small write, the median of many: what no durable commit can beat. */
export function fdatasyncMs(folder: string, count: number): number {
  const descriptor = openSync(join(folder, 'fdatasync'), 'w');
  const bytes = new Uint8Array(200);
  const times = Array.from({ length: count }, (_, i) => {
    writeSync(descriptor, bytes, 0, bytes.length, i * bytes.length);
    const begun = performance.now();
    fdatasyncSync(descriptor);
    return performance.now() - begun;
  });
  closeSync(descriptor);
  return median(times);
}
