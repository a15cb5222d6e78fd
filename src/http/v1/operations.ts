import { dropDeadLetter, listDeadLetters, retryDeadLetter, showDeadLetter } from './dead-letters.ts';
import { listDecisions, listReactions, showReaction } from './decisions.ts';
import { listEvents } from './events.ts';
import type { Operation } from './operation.ts';
import { publishEvent } from './publish.ts';
import { listRules, reload, status } from './reactor.ts';
import { streamEvents } from './stream.ts';

/** All that Brine's own API can. */
export const operations: readonly Operation[] = [
  listEvents,
  publishEvent,
  streamEvents,
  listDecisions,
  listReactions,
  showReaction,
  listDeadLetters,
  showDeadLetter,
  retryDeadLetter,
  dropDeadLetter,
  listRules,
  status,
  reload,
];
