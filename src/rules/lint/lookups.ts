import type { Problem } from '../../core/index.ts';
import { type SaltCall, type Source, saltCalls } from '../../render/index.ts';
import { type LookupPolicy, refusalOf } from '../lookup-policy.ts';

/** A template of a rule file, or an expression. */
export interface Written {
  readonly source: Source;
  readonly kind: 'template' | 'expression';
}

/** Warnings about look-ups that are written out: those that will be refused, and commands that data may change. */
export function lintLookups({ source, kind }: Written, policy: LookupPolicy): Problem[] {
  return saltCalls(source, kind).flatMap((call) => [...lintRefusal(call, policy), ...lintCommand(call)]);
}

const through = /^(?:saltutil\.(?:runner|wheel)|publish\.runner)$/;

function lintRefusal(call: SaltCall, policy: LookupPolicy): Problem[] {
  const { fun, first, method } = call;
  // Which function it leads to is known only when it is written out.
  if (through.test(fun) && first === undefined) return [];
  const kwarg = new Map(method === undefined ? [] : [['method', method]]);
  const refusal = refusalOf(policy, {
    fun,
    arg: through.test(fun) && first !== undefined ? [first] : [],
    kwarg,
  });
  if (refusal === undefined) return [];
  const hint =
    'without it the look-up is a problem of the decision; docs/templates.md lists what may be asked';
  return [{ ...call.at('TEMPLATE_LOOKUP', refusal, hint), severity: 'warning' }];
}

function lintCommand(call: SaltCall): Problem[] {
  if (!call.dataInCommand) return [];
  const what = call.usesShell
    ? "data of the event becomes part of a shell's text: whoever sends the event can run commands"
    : 'data of the event becomes part of a command: it can add words to it';
  const hint = `give the words as a list: salt['${call.fun === 'cmd.shell' ? 'cmd.run' : call.fun}'](['program', data.id])`;
  return [{ ...call.at('LOOKUP_DATA_IN_COMMAND', what, hint), severity: 'warning' }];
}
