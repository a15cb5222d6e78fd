import { userInfo } from 'node:os';
import { loadSettings, type Settings } from '../config/index.ts';
import { BrineError, formatProblem } from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import { connectMaster, type MasterClient } from './master-client.ts';

export interface WhereOptions {
  /** Folder of the sockets; the configuration's unless given. */
  readonly sockDir?: string;
  /** Configuration file; `BRINE_CONFIG`, or none. */
  readonly config?: string;
  readonly dataDir?: string;
}

/** The settings that a script runs under. Throws BAD_CONFIG with every problem of the file. */
export function settingsFor(options: WhereOptions): Settings {
  const loaded = loadSettings({
    file: options.config,
    dataDir: options.dataDir,
    env: process.env,
    cwd: process.cwd(),
  });
  if (!loaded.ok)
    throw new BrineError('BAD_CONFIG', loaded.problems.map(formatProblem).join('\n'), {
      fields: { problems: loaded.problems },
    });
  return options.sockDir === undefined ? loaded.settings : { ...loaded.settings, sockDir: options.sockDir };
}

/** The master of this host. Throws NOT_RUNNING. */
export function masterOf(options: WhereOptions): Promise<MasterClient> {
  const { sockDir } = settingsFor(options);
  return connectMaster({ sockDir, clock: systemClock, user: userName() });
}

/** The system user; its number in a container that knows no name for it. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
