import type { Settings } from '../config/index.ts';
import { fromPlain, mapOf, type ValueMap } from '../core/index.ts';
import type { RuleInput, SaltFacts } from '../rules/index.ts';

/** What the settings say about loading rules; `grains` is what is known of this host. */
export function ruleInput(settings: Settings, grains: ValueMap = new Map()): RuleInput {
  const { reactors, fileRoots, renderStepsMax, renderBytesMax, depthMax, saltCompat } = settings.reactor;
  const { allow, deny, perEventMax } = settings.reactor.lookups;
  return {
    reactors,
    fileRoots,
    stepsMax: renderStepsMax,
    bytesMax: renderBytesMax,
    depthMax,
    facts: factsOf(settings, grains),
    saltCompat,
    lookups: { allow, deny, perEventMax },
  };
}

/** What templates see as `opts` and `grains`: of a master's options those that mean something here, no secrets. */
function factsOf({ master, minion, reactor }: Settings, gathered: ValueMap): SaltFacts {
  const grains = new Map([...gathered, ['id', minion.id], ...minion.grains]);
  // The rule set is named by what decides; this differs in each process.
  grains.delete('pid');
  return {
    opts: mapOf({
      __role: 'master',
      id: master.id,
      file_client: 'local',
      file_roots: fromPlain(reactor.fileRoots),
      interface: master.interface,
      nodegroups: fromPlain(master.nodegroups),
      pillarenv: null,
      renderer: 'jinja|yaml',
      saltenv: null,
      state_top: 'top.sls',
      test: false,
      timeout: master.timeoutS,
    }),
    grains,
    environ: mapOf({ ...reactor.environ }),
  };
}
