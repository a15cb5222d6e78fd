import type { Clock, Value } from '../../core/index.ts';
import type { Publisher } from '../jobs/publisher.ts';
import type { Returns } from '../jobs/returns.ts';
import type { CallContext } from './function.ts';

/** Runs a function on every attached minion and gathers what they return in time: id → return. */
export type AskMinions = (
  fun: string,
  arg: readonly Value[],
  context: CallContext,
) => Promise<Map<string, Value>>;

export interface AskOptions {
  readonly publisher: Publisher;
  readonly returns: Returns;
  readonly clock: Clock;
  readonly newJid: () => string;
  readonly attached: () => readonly string[];
  readonly timeoutMs: number;
}

export function askMinions(options: AskOptions): AskMinions {
  const { publisher, returns, clock, newJid, attached, timeoutMs } = options;
  return async (fun, arg, { user, head }) => {
    const answers = new Map<string, Value>();
    const ids = attached();
    if (ids.length === 0) return answers;
    const jid = newJid();
    const waiting = new Set(ids);
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const stopListening = returns.onReturn(jid, (id, ret) => {
      if (ret.success) answers.set(id, ret.return);
      waiting.delete(id);
      if (waiting.size === 0) finish();
    });
    const cancel = clock.after(timeoutMs, finish);
    try {
      const { cause = null, depth = 0 } = head ?? {};
      const rest = { kwarg: new Map<Value, Value>(), ret: '', metadata: null, cause, depth };
      const [published] = await publisher.publish([
        { jid, tgt: [...ids], tgtType: 'list', fun, arg, user, ...rest },
      ]);
      if (published?.ok === true) await done;
      return answers;
    } finally {
      cancel();
      stopListening();
    }
  };
}
