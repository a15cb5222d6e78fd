import { getString, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { MinionModule } from './types.ts';

/** The minion's own affairs. */
export const saltutilModule: MinionModule = {
  running: {
    signature: '',
    doc: 'The jobs under way.',
    run: async (_args, call) => {
      const jobs = await call.running.list();
      return jobs.filter((job) => job.get('jid') !== call.job.jid);
    },
  },
  find_job: {
    signature: 'jid',
    doc: 'The job with this id while it is under way, else an empty map.',
    run: async (args, call) => {
      const jid = args.text('jid');
      return (
        (await call.running.list()).find((job) => getString(job, 'jid') === jid) ?? new Map<Value, Value>()
      );
    },
  },
  kill_job: {
    signature: 'jid',
    doc: 'Ends a job at once, with every process that it started.',
    run: async (args, call) => {
      const jid = args.text('jid');
      const pid = await call.running.kill(jid);
      if (pid === null) return '';
      return `Signal 9 sent to job ${jid}${pid === 0 ? '' : ` at pid ${pid}`}`;
    },
  },
  refresh_grains: {
    signature: '**kwargs',
    doc: 'Looks at the host again.',
    run: async (_args, call) => {
      await call.grains.refresh();
      return true;
    },
  },
  sync_modules: {
    signature: '**kwargs',
    doc: "Loads the operator's modules anew; their names.",
    run: async (_args, call) => syncedNames(await call.functions.reload()),
  },
  sync_all: {
    signature: '**kwargs',
    doc: "Loads the operator's modules anew and looks at the host again.",
    run: async (_args, call): Promise<ValueMap> => {
      const modules = syncedNames(await call.functions.reload());
      await call.grains.refresh();
      return mapOf({ modules });
    },
  },
};

function syncedNames(modules: readonly string[]): Value[] {
  return modules.map((name) => `modules.${name}`);
}
