import { packValue, unpackValue } from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import { BrineError, type Lookups, textAt } from '../core/index.ts';
import type { Caller } from '../minion/index.ts';
import { brineLookups, sdbOf } from '../reactor/index.ts';
import { type AskMasterDeps, askMaster } from '../salt/index.ts';
import { hostLookups } from './host-lookups.ts';

/** Answers templates beside a Salt master: its runners and wheels, and the functions of a minion on this host. */
export function saltLookups(deps: AskMasterDeps, caller: Caller, settings: Settings): Lookups {
  const request = async (verb: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> => {
    const ask = unpackValue(payload);
    if (verb !== 'ask' || !(ask instanceof Map))
      throw new BrineError('BAD_MESSAGE', `${verb} is not for a Salt master.`);
    const arg = ask.get('arg');
    const kwarg = ask.get('kwarg');
    const question = {
      kind: textAt(ask, 'kind') === 'wheel' ? ('wheel' as const) : ('runner' as const),
      fun: textAt(ask, 'fun'),
      arg: Array.isArray(arg) ? arg : [],
      kwarg: kwarg instanceof Map ? kwarg : new Map(),
    };
    return packValue(await askMaster(question, timeoutMs, deps));
  };
  return brineLookups({
    link: () => ({ request }),
    host: hostLookups(caller),
    sdb: sdbOf(settings.reactor.lookups.sdb, process.env),
  });
}
