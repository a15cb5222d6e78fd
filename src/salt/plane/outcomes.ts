import { isBrineError, messageOf, type Outcome, type OutcomeReason, type Value } from '../../core/index.ts';
import { SaltRefusal } from './asking.ts';

export function done(jid: string, detail: Value, repeated = false): Outcome {
  return { ok: true, repeated, jid, detail };
}

export function failed(reason: OutcomeReason, message: string, retryable = false): Outcome {
  return { ok: false, retryable, reason, message };
}

/** How an attempt ended that threw. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof SaltRefusal) {
    const reason = error.errorName === 'ClusterNotReady' ? 'overloaded' : 'refused';
    return failed(reason, error.message, error.retryable);
  }
  if (isBrineError(error, 'BUS_CLOSED')) return failed('unreachable', error.message, true);
  if (isBrineError(error, 'TIMEOUT')) return failed('timeout', error.message, true);
  return failed('failed', messageOf(error));
}

/** Whether what was asked for may have been done all the same. */
export function isDoubtful(outcome: Outcome): boolean {
  return !outcome.ok && outcome.reason === 'timeout';
}
