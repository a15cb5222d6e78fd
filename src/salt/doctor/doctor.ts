import { connectSaltRequests } from '../../bus/index.ts';
import type { Clock, Ids } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { saltAsking } from '../plane/asking.ts';
import { examineCaller } from './caller.ts';
import { examineFiles, type SystemUser } from './files.ts';
import type { Finding } from './finding.ts';
import { examineRunning } from './master.ts';
import { examineReactors, type LoadedReactors } from './reactors.ts';

export interface DoctorOptions {
  readonly user: SystemUser;
  readonly loaded: LoadedReactors;
  /** `salt_call_command`. */
  readonly saltCall: readonly string[];
  /** The search path for programs. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Whatever has to be so for Brine to work beside the master, in the order in which it is needed. */
export async function examine(salt: SaltMaster, options: DoctorOptions): Promise<Finding[]> {
  const { clock, ids } = options;
  const requests = connectSaltRequests({ endpoint: salt.endpoint, inFlightMax: 1, clock });
  try {
    const files = examineFiles(salt, options.user);
    const running = await examineRunning(salt, { asking: saltAsking(salt, requests), clock, ids });
    const caller = examineCaller(options.saltCall, options.path);
    return [...files, ...running, ...examineReactors(salt, options.loaded), caller];
  } finally {
    requests.close();
  }
}
