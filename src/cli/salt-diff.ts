import { BrineError, mapOf, toJson, type Value } from '../core/index.ts';
import {
  type Comparison,
  callFromValue,
  compare,
  type DecidedCall,
  decidedCalls,
  readSaltMaster,
  type SeenCall,
} from '../salt/index.ts';
import type { Context } from './context.ts';
import { exitCodes } from './failure.ts';
import { harmless } from './output/harmless.ts';
import { askReactor } from './reactor-link.ts';

/** Of decisions; what an answer may hold. */
const decisionsMax = 100_000;

/** Compares and tells; the exit code says whether both agree. */
export async function diff(context: Context): Promise<number> {
  const file = await askReactor(context, 'salt.master', new Map());
  if (typeof file !== 'string')
    throw new BrineError('BAD_MESSAGE', 'The reactor does not say which master it follows.');
  const salt = readSaltMaster(file);
  const decisions = await askReactor(context, 'decisions', mapOf({ limit: decisionsMax }));
  const decided = decidedCalls(Array.isArray(decisions) ? decisions : [], salt);
  const seen = await callsFrom(context, decided[0]?.seq ?? 1);
  const comparison = compare(decided, seen, salt.user);
  if (context.options.out === undefined) tell(comparison, context);
  else context.print(comparisonValue(comparison));
  const { onlyBrine, onlySalt, different } = comparison;
  return onlyBrine.length + onlySalt.length + different.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function callsFrom(context: Context, first: number): Promise<SeenCall[]> {
  const calls: SeenCall[] = [];
  for (let from = first; ; ) {
    const answer = await askReactor(context, 'salt.calls', mapOf({ from }));
    const more = Array.isArray(answer) ? answer.filter((item) => item instanceof Map).map(callFromValue) : [];
    const last = more.at(-1);
    if (last === undefined) return calls;
    calls.push(...more);
    from = last.seq + 1;
  }
}

function tell(comparison: Comparison, { io, paint }: Context): void {
  const { events, same, onlyBrine, onlySalt, different, unexplained, unseen } = comparison;
  for (const one of onlyBrine) io.out(`only Brine: ${decidedText(one)}\n`);
  for (const one of onlySalt) io.out(`only Salt: ${seenText(one)}\n`);
  for (const one of different)
    io.out(
      `different in ${one.in.join(' and ')}: ${decidedText(one.decided)}\n    Salt: ${seenText(one.seen)}\n`,
    );
  for (const one of unexplained) io.out(`by Salt’s reactor or by a person: ${seenText(one)}\n`);
  const bad = onlyBrine.length + onlySalt.length + different.length;
  const summary = `${events} events: ${same} actions the same, ${onlyBrine.length} only Brine, ${onlySalt.length} only Salt, ${different.length} different`;
  const rest = `${unexplained.length} jobs of unknown origin, ${unseen} actions that the bus does not show`;
  io.out(`${bad > 0 ? paint.bad(summary) : paint.good(summary)}; ${rest}\n`);
}

function decidedText({ event, tag, rule, kind, fun, tgt, args }: DecidedCall): string {
  return harmless(`event ${event} ${tag}, rule ${rule}: ${callText(kind, fun, tgt, args)}`);
}

function seenText({ jid, kind, fun, tgt, args, user }: SeenCall): string {
  return harmless(`${jid} by ${user}: ${callText(kind, fun, tgt, args)}`);
}

function callText(kind: string, fun: string, tgt: Value, args: readonly Value[]): string {
  const target = tgt === null ? '' : ` on ${toJson(tgt)}`;
  return `${kind} ${fun}${target} ${toJson([...args])}`;
}

function comparisonValue(comparison: Comparison): Value {
  const { events, same, onlyBrine, onlySalt, different, unexplained, unseen } = comparison;
  return mapOf({
    events,
    same,
    only_brine: onlyBrine.map(decidedText),
    only_salt: onlySalt.map(seenText),
    different: different.map(({ decided, seen, in: parts }) =>
      mapOf({ in: [...parts], brine: decidedText(decided), salt: seenText(seen) }),
    ),
    unexplained: unexplained.map(seenText),
    unseen,
  });
}
