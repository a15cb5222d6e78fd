import type { Lookup, Lookups, Value, ValueMap } from '../core/index.ts';
import type { Caller } from '../minion/index.ts';

/** Answers templates with a minion's functions, run in this process as `brine call` runs them. */
export function hostLookups(caller: Caller): Lookups {
  return {
    ask: (lookup, { signal }): Promise<Value> =>
      caller.ask(lookup.fun, lookup.arg, argumentsOf(lookup), signal),
  };
}

/** As between functions of Salt, the shell is used only where it is asked for: data is then no part of a shell's text. */
const withoutShell = /^cmd\.(?:run|run_all|run_stdout|run_stderr|retcode)$/;

function argumentsOf({ fun, kwarg }: Lookup): ValueMap {
  if (!withoutShell.test(fun) || kwarg.has('python_shell')) return kwarg;
  return new Map([...kwarg, ['python_shell', false]]);
}
