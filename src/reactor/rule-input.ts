import type { Settings } from '../config/index.ts';
import { fromPlain, mapOf } from '../core/index.ts';
import type { RuleInput, SaltFacts } from '../rules/index.ts';

/** What the settings say about loading rules. */
export function ruleInput(settings: Settings): RuleInput {
  const { reactors, fileRoots, renderStepsMax, renderBytesMax, depthMax, saltCompat } = settings.reactor;
  return {
    reactors,
    fileRoots,
    stepsMax: renderStepsMax,
    bytesMax: renderBytesMax,
    depthMax,
    facts: factsOf(settings),
    saltCompat,
  };
}

/** What templates see as `opts` and `grains`: of a master's options those that mean something here, no secrets. */
function factsOf({ master, minion, reactor }: Settings): SaltFacts {
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
    grains: new Map([['id', minion.id], ...minion.grains]),
    environ: mapOf({ ...reactor.environ }),
  };
}
