import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { MessageKind } from './messages.ts';

const script = new URL('peer-process.ts', import.meta.url);

export type PeerRole = 'push' | 'push-events' | 'push-single' | 'publish' | 'read';

/** Starts the other process of a benchmark. */
export function startPeer(
  role: PeerRole,
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

/** Resolves when the process says that word; ask before it can. */
export function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message === word) resolve();
    });
    child.once('exit', () => reject(new Error(`a process of the benchmark ended without saying ${word}`)));
  });
}
