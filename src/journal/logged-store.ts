import type { EventLog, NewEvents } from '../core/index.ts';
import { openEnvironment } from './environment.ts';
import { type EventLogOptions, logTables, openLogIn } from './event-log.ts';
import { changesIn, type Store, type StoreChange, storeIn } from './store.ts';

/** Tables and the log of the events that announce their changes, with one transaction for both. */
export interface LoggedStore {
  readonly store: Store;
  readonly log: EventLog;
  /**
   * Stores all changes and events or none; resolves with the first sequence number of each group once they are
   * durable.
   */
  record(changes: readonly StoreChange[], groups: readonly NewEvents[]): Promise<number[]>;
  /** Closes store and log. */
  close(): Promise<void>;
}

/** Opens or makes both in one folder. Throws JOURNAL_DAMAGED. */
export async function openLoggedStore(
  folder: string,
  tables: readonly string[],
  options: EventLogOptions,
): Promise<LoggedStore> {
  const environment = openEnvironment(folder, [...logTables, ...tables], options.clock);
  const log = await openLogIn(environment, options);
  const close = (): Promise<void> => log.close();
  const store = storeIn(environment, {
    commit: async (changes) => {
      await log.commit(changes, []);
    },
    close,
  });
  return {
    store,
    log,
    record: (changes, groups) => log.commit(() => changesIn(environment, changes), groups),
    close,
  };
}
