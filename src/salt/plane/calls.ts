import {
  type Action,
  mapOf,
  type Outcome,
  type Reaction,
  textAt,
  toJson,
  type Value,
} from '../../core/index.ts';
import { pyEquals } from '../../render/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import type { CallBook, SeenRun } from '../source/book.ts';
import type { SaltAsking } from './asking.ts';
import type { Doubts } from './doubts.ts';
import { argumentsOf } from './legacy.ts';
import { done, failed } from './outcomes.ts';

export type CallAction = Extract<Action, { kind: 'runner' | 'wheel' | 'caller' }>;

/** What a request says of the master that it is for. */
export type CalledMaster = Pick<SaltMaster, 'user' | 'nodegroups' | 'timeoutS' | 'options'>;

export interface CallDeps {
  readonly salt: CalledMaster;
  readonly asking: SaltAsking;
  readonly book: CallBook;
  readonly doubts: Doubts;
}

/** The master starts a runner in a process of its own and answers at once; a wheel function runs before it answers. */
const runnerMs = 30_000;
const wheelMs = 120_000;
const messageMax = 500;

/**
 * Salt's name for whoever runs what a reaction asks for, by which its loop guard and Brine's know the events of
 * such calls. A master that does not run as root takes no other name than its own.
 */
export function callerName({ user }: Pick<SaltMaster, 'user'>): string {
  return user === 'root' ? 'Reactor' : user;
}

/**
 * Starts a runner. Its id is the master's to choose, so an attempt that got no answer is known again only by
 * what it ran: a call that began since, with this function and these arguments, and that nobody else has made.
 */
export async function callRunner(reaction: Reaction, action: CallAction, deps: CallDeps): Promise<Outcome> {
  const { salt, asking, book } = deps;
  const { arg, kwarg } = argumentsOf(action);
  const seen = seenCall(reaction, 'run', `runner.${action.fun}`, flat(arg, kwarg), deps);
  if (seen !== undefined) return found(seen, reaction, book);
  const load = mapOf({
    cmd: 'runner',
    fun: action.fun,
    kwarg: mapOf({ arg, kwarg }),
    user: callerName(salt),
  });
  const answer = await asking.ask(load, runnerMs);
  const jid = textAt(answer, 'jid');
  if (jid === '')
    return failed('failed', textAt(answer, 'error') || 'The Salt master named no job id.', true);
  book.claim(jid);
  book.expect(jid, reaction);
  return done(jid, mapOf({ tag: answer.get('tag') ?? null }));
}

/** Runs a wheel function. Until 3007 its own events carry our job id; 3008 does as with runners. */
export async function callWheel(reaction: Reaction, action: CallAction, deps: CallDeps): Promise<Outcome> {
  const { salt, asking, book, doubts } = deps;
  const { arg, kwarg } = argumentsOf(action);
  const { jid } = reaction;
  if (await doubts.wasTaken(jid, 'wheel')) return done(jid, null, true);
  const seen = seenCall(reaction, 'wheel', `wheel.${action.fun}`, flat(arg, kwarg), deps);
  if (seen !== undefined) return found(seen, reaction, book);
  book.expect(jid, reaction);
  const load = {
    cmd: 'wheel',
    fun: action.fun,
    arg,
    kwarg,
    user: callerName(salt),
    __jid__: jid,
    __user__: callerName(salt),
  };
  const answer = await asking.ask(mapOf(load), wheelMs);
  const data = answer.get('data');
  if (!(data instanceof Map))
    return failed(
      'failed',
      textAt(answer, 'error') || 'The Salt master said nothing of what became of it.',
      true,
    );
  const ownJid = textAt(data, 'jid');
  book.claim(ownJid);
  book.expect(ownJid, reaction);
  const result: Value = data.get('return') ?? null;
  if (data.get('success') !== false)
    return done(ownJid, mapOf({ tag: answer.get('tag') ?? null, return: result }));
  return failed('failed', (typeof result === 'string' ? result : toJson(result)).slice(0, messageMax));
}

function seenCall(
  { jid }: Reaction,
  kind: SeenRun['kind'],
  fun: string,
  funArgs: Value,
  { book, doubts }: CallDeps,
): SeenRun | undefined {
  const sinceMs = doubts.ownSinceMs(jid);
  if (sinceMs === undefined) return undefined;
  return book.takeRun(
    (run) => run.kind === kind && run.fun === fun && run.atMs >= sinceMs && pyEquals(run.funArgs, funArgs),
  );
}

function found({ jid }: SeenRun, reaction: Reaction, book: CallBook): Outcome {
  book.claim(jid);
  book.expect(jid, reaction);
  return done(jid, null, true);
}

/** As Salt's events list the arguments of a call. */
function flat(arg: readonly Value[], kwarg: Value): Value[] {
  return kwarg instanceof Map && kwarg.size > 0 ? [...arg, kwarg] : [...arg];
}

/** The name of a function, checked before it becomes a word of a command line. */
export function functionName(action: CallAction): string | undefined {
  return /^[A-Za-z_]\w*(?:\.\w+)+$/.test(action.fun) ? action.fun : undefined;
}
