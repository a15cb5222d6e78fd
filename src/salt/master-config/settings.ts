import type { Settings } from '../../config/index.ts';
import { textAt } from '../../core/index.ts';
import type { SaltMaster } from './master.ts';

/**
 * Brine's settings with what the Salt master's file says: its reactors and its files, its names. Reactor files
 * that Brine's own configuration names count too, and what Salt has no option for stays as it is set for Brine.
 */
export function settingsBeside(settings: Settings, salt: SaltMaster): Settings {
  return {
    ...settings,
    master: {
      ...settings.master,
      id: salt.id,
      interface: textAt(salt.options, 'interface') || '0.0.0.0',
      nodegroups: salt.nodegroups,
      timeoutS: salt.timeoutS,
    },
    reactor: {
      ...settings.reactor,
      reactors: [salt.file, ...settings.salt.reactors],
      fileRoots: salt.fileRoots,
    },
  };
}
