import type { EventBus } from '../../bus/index.ts';
import type { RecentEvents, Segment } from './recent-events.ts';

/** What is told to whoever follows the head of the log. */
export interface News {
  /** Events came. */
  events(segment: Segment): void;
  /** The log was replaced: it counts from `nextSeq` on, and what a reader had is of another log. */
  replaced(nextSeq: number): void;
}

/** The newest events, for many readers, and the bus itself for those that are behind. */
export interface LogHead {
  readonly origin: EventBus;
  readonly recent: RecentEvents;
  /** Resolves once it is known where the head of the log is. */
  whenKnown(): Promise<void>;
  /** Calls for all that comes until the result is called. */
  listen(listener: News): () => void;
}
