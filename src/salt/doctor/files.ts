import { accessSync, constants, statSync } from 'node:fs';
import { systemCode } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { keyFile } from '../plane/key-file.ts';
import { type Finding, warning, well, wrong } from './finding.ts';

/** Who runs this process. */
export interface SystemUser {
  readonly name: string;
  readonly id: number;
}

/** What the master keeps for its own user: the two sockets, the key, the job cache. */
export function examineFiles(salt: SaltMaster, user: SystemUser): Finding[] {
  return [
    sameUser(salt, user),
    usable('events can be read', salt.sockets.pub, constants.R_OK | constants.W_OK, salt),
    usable('events can be fired', salt.sockets.pull, constants.W_OK, salt),
    usable('the key can be read', keyFile(salt), constants.R_OK, salt),
    jobCache(salt),
  ];
}

function sameUser(salt: SaltMaster, { name, id }: SystemUser): Finding {
  const about = 'user';
  if (id === 0 || name === salt.user) return well(about, `Brine runs as ${name}, the master as ${salt.user}`);
  const text = `Brine runs as ${name}, the master as ${salt.user}`;
  return wrong(about, text, `run Brine as ${salt.user} or as root`);
}

function usable(about: string, path: string, mode: number, salt: SaltMaster): Finding {
  try {
    accessSync(path, mode);
    return well(about, path);
  } catch (error) {
    if (systemCode(error) === 'EACCES') {
      const owner = `${path} may not be used by this user`;
      return wrong(about, owner, `run Brine as ${salt.user} or as root`);
    }
    const change = `start the master; if it runs, look whether ${salt.file} is the file that it was started with`;
    return wrong(about, `${path} is not there`, change);
  }
}

function jobCache(salt: SaltMaster): Finding {
  const about = 'missed returns';
  if (!salt.keepsJobs)
    return warning(
      about,
      'the master does not keep returns in files, so those that come while Brine is away are lost',
      'set master_job_cache: local_cache and leave job_cache on',
    );
  const folder = `${salt.cacheDir}/jobs`;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    return well(about, `are read from ${folder}`);
  return warning(about, `${folder} is not there`, 'start the master');
}
