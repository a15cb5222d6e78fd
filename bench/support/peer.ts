import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { MessageKind } from './messages.ts';

const script = new URL('peer-process.ts', import.meta.url);

/** Starts the other process of a benchmark. */
export function startPeer(
  role: 'push' | 'publish' | 'read',
  path: string,
  messages: number,
  kind: MessageKind = 'returns',
): ChildProcess {
  return fork(script, [role, `ipc://${path}`, String(messages), kind]);
}

export async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`a process of the benchmark ended with ${child.exitCode}`);
}
