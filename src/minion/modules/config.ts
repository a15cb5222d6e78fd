import { mapOf, type ValueMap } from '../../core/index.ts';
import { traverse } from './traverse.ts';
import type { Call, MinionModule } from './types.ts';

/** The minion's configuration. */
export const configModule: MinionModule = {
  get: {
    signature: "key, default='', delimiter=':'",
    doc: "The minion's setting at a path like a:b, else the grain there, else the default.",
    run: (args, call) => {
      const path = args.text('key');
      const delimiter = args.text('delimiter');
      return (
        traverse(visibleSettings(call), path, delimiter) ??
        traverse(call.grains.get(), path, delimiter) ??
        args.value('default')
      );
    },
  },
};

/** A closed list: a setting that is added later is not shown to every caller by accident. */
function visibleSettings({ settings }: Call): ValueMap {
  return mapOf({
    id: settings.id,
    master: settings.master ?? 'localhost',
    master_port: settings.masterPort,
    enrol_port: settings.masterEnrolPort,
    modules_dir: settings.modulesDir,
    salt_call: settings.saltCall,
    grains: settings.grains,
    acceptance_wait: settings.acceptanceWaitS,
    jobs_max: settings.jobsMax,
  });
}
