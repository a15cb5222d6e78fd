import { BrineError, type Clock, mapOf, textAt, type Value, type ValueMap } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { type SaltAsking, SaltRefusal } from '../plane/asking.ts';
import { callerName } from '../plane/calls.ts';
import type { CallBook } from '../source/book.ts';

export interface AskMasterDeps {
  readonly salt: Pick<SaltMaster, 'user'>;
  readonly asking: SaltAsking;
  readonly book: CallBook;
  readonly clock: Clock;
}

/** A function of the master that a template asks. */
export interface MasterQuestion {
  readonly kind: 'runner' | 'wheel';
  readonly fun: string;
  readonly arg: Value[];
  readonly kwarg: ValueMap;
}

/**
 * What a runner or wheel function of the Salt master returns. A runner's return comes over the bus; the events of
 * the question are kept from the rules, which would otherwise be asked about every answer to themselves. Throws
 * TIMEOUT, NOT_RUNNING when the master cannot be asked, and an error with the function's own message.
 */
export async function askMaster(
  question: MasterQuestion,
  timeoutMs: number,
  deps: AskMasterDeps,
): Promise<Value> {
  try {
    return question.kind === 'wheel'
      ? await askWheel(question, timeoutMs, deps)
      : await askRunner(question, timeoutMs, deps);
  } catch (error) {
    if (error instanceof SaltRefusal) throw new BrineError('BAD_ARGUMENT', error.message, { cause: error });
    throw error;
  }
}

async function askWheel(
  { fun, arg, kwarg }: MasterQuestion,
  timeoutMs: number,
  { asking, salt, book }: AskMasterDeps,
): Promise<Value> {
  const answer = await asking.ask(
    mapOf({ cmd: 'wheel', fun, arg, kwarg, user: callerName(salt) }),
    timeoutMs,
  );
  const data = answer.get('data');
  if (!(data instanceof Map)) throw new Error(textAt(answer, 'error') || `wheel.${fun} gave no answer`);
  book.claim(textAt(data, 'jid'));
  return returnOf(data, `wheel.${fun}`);
}

async function askRunner(
  { fun, arg, kwarg }: MasterQuestion,
  timeoutMs: number,
  { asking, salt, book, clock }: AskMasterDeps,
): Promise<Value> {
  const load = mapOf({ cmd: 'runner', fun, kwarg: mapOf({ arg, kwarg }), user: callerName(salt) });
  const endMs = clock.monotonicMs() + timeoutMs;
  const answer = await asking.ask(load, timeoutMs);
  const jid = textAt(answer, 'jid');
  if (jid === '') throw new Error(textAt(answer, 'error') || `runner.${fun} was not started`);
  book.claim(jid);
  const data = await returned(jid, Math.max(1, endMs - clock.monotonicMs()), { book, clock });
  if (data === undefined)
    throw new BrineError('TIMEOUT', `runner.${fun} did not return within ${timeoutMs} ms.`);
  return returnOf(data, `runner.${fun}`);
}

function returned(
  jid: string,
  waitMs: number,
  { book, clock }: Pick<AskMasterDeps, 'book' | 'clock'>,
): Promise<ValueMap | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(waitMs, () => {
      book.forgetQuestion(jid);
      resolve(undefined);
    });
    book.askedBy(jid, (data) => {
      cancel();
      resolve(data);
    });
  });
}

function returnOf(data: ValueMap, name: string): Value {
  const value = data.get('return') ?? null;
  if (data.get('success') !== false) return value;
  throw new Error(
    `${name} failed: ${typeof value === 'string' ? value.trim().slice(-500) : 'see its return'}`,
  );
}
