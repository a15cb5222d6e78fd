import { existsSync } from 'node:fs';
import type { Value } from '../../core/index.ts';
import { type RunResult, runProgram } from '../process/run.ts';
import { CommandFailed, InvalidArguments } from './errors.ts';
import type { Call, MinionModule } from './types.ts';

/** Where the service manager is; other places serve tests. */
export interface SystemdPlaces {
  readonly systemctl: string;
  /** Exists while systemd manages this host. */
  readonly marker: string;
}

export const systemdPlaces: SystemdPlaces = { systemctl: 'systemctl', marker: '/run/systemd/system' };

/** Services of systemd. */
export function serviceModule(places: SystemdPlaces = systemdPlaces): MinionModule {
  const ask = (call: Call, verb: string, name: string): Promise<RunResult> =>
    systemctl(places, call, verb, unitOf(name));
  const order = async (call: Call, verb: string, name: string): Promise<Value> => {
    const result = await ask(call, verb, name);
    if (result.code === 0) return true;
    throw new CommandFailed(result.stderr.trim() || `systemctl ${verb} ended with ${result.code}`);
  };
  const signature = 'name';
  return {
    status: {
      signature,
      doc: 'Whether the service runs.',
      run: async (args, call) => (await ask(call, 'is-active', args.text('name'))).code === 0,
    },
    enabled: {
      signature,
      doc: 'Whether the service starts with the host.',
      run: async (args, call) => (await ask(call, 'is-enabled', args.text('name'))).code === 0,
    },
    available: {
      signature,
      doc: 'Whether there is such a service.',
      run: async (args, call) =>
        (await ask(call, 'show', args.text('name'))).stdout.split('\n').includes('LoadState=loaded'),
    },
    start: { signature, doc: 'Starts it.', run: (args, call) => order(call, 'start', args.text('name')) },
    stop: { signature, doc: 'Stops it.', run: (args, call) => order(call, 'stop', args.text('name')) },
    restart: {
      signature,
      doc: 'Restarts it.',
      run: (args, call) => order(call, 'restart', args.text('name')),
    },
  };
}

/** A unit's name; what systemctl would take for an option or a path is refused. */
function unitOf(name: string): string {
  if (!/^[A-Za-z0-9_@:.\\][\w@:.\\-]*$/.test(name))
    throw new InvalidArguments(`${name} is not a service name`);
  return /\.(service|socket|timer|target|mount|path|slice|scope|device|swap|automount)$/.test(name)
    ? name
    : `${name}.service`;
}

async function systemctl(places: SystemdPlaces, call: Call, verb: string, unit: string): Promise<RunResult> {
  if (!existsSync(places.marker))
    throw new CommandFailed('systemd does not manage this host, so service.* has nothing to talk to.');
  const property = verb === 'show' ? ['--property=LoadState'] : [];
  try {
    return await runProgram({
      argv: [places.systemctl, '--no-pager', ...property, verb, unit],
      clock: call.clock,
      signal: call.signal,
      onStart: (pid) => call.setProcess(pid),
    });
  } catch (cause) {
    throw new CommandFailed(`systemctl cannot be run: ${String(cause)}`);
  }
}
