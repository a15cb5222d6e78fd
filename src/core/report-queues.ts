import type { Clock, Telemetry } from './ports.ts';
import type { Queue } from './queue.ts';

const reportEveryMs = 5000;

/** Reports the queues of a role now and then, for metrics; the result stops it. */
export function reportQueues(
  role: string,
  queues: () => readonly Queue[],
  { clock, telemetry }: { readonly clock: Clock; readonly telemetry: Telemetry },
): () => void {
  let cancel: () => void = () => undefined;
  const later = (): void => {
    cancel = clock.after(reportEveryMs, () => {
      telemetry.emit({ kind: 'queues.seen', role, queues: queues() });
      later();
    });
  };
  later();
  return () => cancel();
}
