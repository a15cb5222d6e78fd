import { mapOf, type TraceEvent, type ValueMap } from '../../core/index.ts';
import type { Paint } from './paint.ts';

/** What becomes of rules and reactions, as one line for people; null for everything else. */
export function reactionLine(event: TraceEvent, paint: Paint): string | null {
  switch (event.kind) {
    case 'event.decided':
      if (event.verdict === 'fired')
        return `rule ${event.rule} ${paint.good('fired')}: ${event.reason} ${paint.dim(`(on event ${event.event})`)}`;
      if (event.verdict !== 'problem' && event.verdict !== 'undecodable') return null;
      return `rule ${event.rule} ${paint.bad(event.verdict)}: ${event.reason} ${paint.dim(`(on event ${event.event})`)}`;
    case 'loop.stopped':
      return `rule ${event.rule} ${paint.bad('stopped')} by the loop guard at depth ${event.depth} ${paint.dim(`(on event ${event.event})`)}`;
    case 'reaction.settled': {
      const again = event.repeated ? ', done before' : '';
      return `reaction ${event.reaction}: ${event.action} ${paint.good('accepted')}${again} ${paint.dim(`(job ${event.jid}, rule ${event.rule}, event ${event.event})`)}`;
    }
    case 'reaction.retry':
      return `reaction ${event.reaction}: attempt ${event.attempt} failed, ${event.message} ${paint.dim(`(rule ${event.rule})`)}`;
    case 'reaction.dead':
      return `reaction ${event.reaction}: ${event.action} ${paint.bad('is a dead letter')}: ${event.message} ${paint.dim(`(rule ${event.rule}, event ${event.event})`)}`;
    default:
      return null;
  }
}

/** What becomes of a reaction, for machines; null for everything else. */
export function reactionRecord(event: TraceEvent): ValueMap | null {
  switch (event.kind) {
    case 'reaction.settled':
      return mapOf({
        reaction: event.reaction,
        outcome: 'done',
        jid: event.jid,
        rule: event.rule,
        event: event.event,
        action: event.action,
        repeated: event.repeated,
        attempts: event.attempts,
      });
    case 'reaction.retry':
      return mapOf({
        reaction: event.reaction,
        outcome: 'retry',
        rule: event.rule,
        reason: event.reason,
        message: event.message,
        attempts: event.attempt,
      });
    case 'reaction.dead':
      return mapOf({
        reaction: event.reaction,
        outcome: 'dead',
        rule: event.rule,
        event: event.event,
        action: event.action,
        reason: event.reason,
        message: event.message,
        attempts: event.attempts,
      });
    default:
      return null;
  }
}
