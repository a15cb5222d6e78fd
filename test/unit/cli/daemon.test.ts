import { describe, expect, it } from 'vitest';
import { runDaemon, type Service } from '../../../src/cli/daemon.ts';
import type { Io } from '../../../src/cli/io.ts';
import { systemClock } from '../../../src/system/index.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

function make(services: (log: (line: string) => void) => readonly Service[]) {
  const log: string[] = [];
  const handlers = new Map<Signal, () => void>();
  const io: Io = {
    env: {},
    cwd: '/',
    outIsTerminal: false,
    errIsTerminal: false,
    inIsTerminal: false,
    out: () => undefined,
    err: (text) => log.push(text.trim()),
    ask: () => Promise.resolve(''),
    onSignal: (signal, handler) => {
      handlers.set(signal, handler);
      return () => handlers.delete(signal);
    },
    exit: (code) => log.push(`exit ${code}`),
  };
  let ready: () => void = () => undefined;
  const whenReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const done = runDaemon({
    io,
    clock: systemClock,
    services: services((line) => log.push(line)),
    onReady: () => {
      log.push('ready');
      ready();
    },
    onReload: () => void log.push('reload'),
    onStopping: (reason) => log.push(reason),
  });
  return { log, done, whenReady, handlers, signal: (signal: Signal) => handlers.get(signal)?.() };
}

function service(name: string, log: (line: string) => void, more: Partial<Service> = {}): Service {
  return {
    name,
    start: async () => log(`start ${name}`),
    stop: async () => log(`stop ${name}`),
    ...more,
  };
}

describe('a daemon', () => {
  it('starts in order, reloads on SIGHUP, and stops in reverse', async () => {
    const { log, done, whenReady, handlers, signal } = make((say) => [service('a', say), service('b', say)]);
    await whenReady;
    signal('SIGHUP');
    signal('SIGTERM');
    expect(await done).toBe(0);
    expect(log).toEqual(['start a', 'start b', 'ready', 'reload', 'SIGTERM', 'stop b', 'stop a']);
    expect(handlers.size).toBe(0);
  });

  it('stops what was started when a start fails', async () => {
    const { log, done, handlers } = make((say) => [
      service('a', say),
      service('b', say, { start: () => Promise.reject(new Error('port')) }),
    ]);
    await expect(done).rejects.toThrow('port');
    expect(log).toEqual(['start a', 'stop b', 'stop a']);
    expect(handlers.size).toBe(0);
  });

  it('does not wait for a start that a signal came before', async () => {
    const { log, done, signal } = make((say) => [
      service('slow', say, { start: () => new Promise(() => undefined) }),
      service('never', say),
    ]);
    signal('SIGINT');
    expect(await done).toBe(0);
    expect(log).toEqual(['SIGINT', 'stop slow']);
  });

  it('ends at once on a second SIGINT', async () => {
    const { log, done, whenReady, signal } = make((say) => [service('a', say)]);
    await whenReady;
    signal('SIGINT');
    signal('SIGINT');
    await done;
    expect(log).toContain('exit 130');
  });

  it('goes on stopping when one piece fails, and says so', async () => {
    const { log, done, whenReady, signal } = make((say) => [
      service('a', say),
      service('b', say, { stop: () => Promise.reject(new Error('stuck')) }),
    ]);
    await whenReady;
    signal('SIGTERM');
    expect(await done).toBe(1);
    expect(log).toContain('stop a');
    expect(log.join()).toContain('stopping b failed');
  });
});
