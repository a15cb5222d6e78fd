import type { Telemetry } from '../../core/index.ts';
import { packValue } from '../codec/data.ts';
import type { LinkServer } from '../types.ts';

/** Verb `metrics`: what a role has counted, as a text, for the process that shows the metrics of all. */
export function serveMetrics(link: LinkServer, { metrics }: Telemetry): void {
  link.handle('metrics', async () => packValue((await metrics?.text()) ?? ''));
}
