import type { Clock, Telemetry, Value } from '../core/index.ts';
import { pack, unpack } from './codec.ts';
import { Committer } from './committer.ts';
import { closeEnvironment, type Environment, openEnvironment, tableOf } from './environment.ts';
import { damaged, reading } from './fault.ts';
import { placeOf } from './seal.ts';
import type { Change } from './table.ts';

export interface StoreChange {
  readonly table: string;
  readonly key: string;
  /** undefined deletes. */
  readonly value: Value | undefined;
}

export interface RangeOptions {
  /** Only keys that begin with this. */
  readonly prefix?: string;
  /** First key, included; with `reverse` the last one. */
  readonly from?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** Tables of values under string keys, in the order of the keys' UTF-8 bytes. */
export interface Store {
  get(table: string, key: string): Value | undefined;
  range(table: string, options?: RangeOptions): Iterable<readonly [string, Value]>;
  count(table: string): number;
  /** Stores all changes or none and resolves when they are durable; commits take effect in call order. */
  commit(changes: readonly StoreChange[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens or makes a store. Throws JOURNAL_DAMAGED. */
export async function openStore(
  folder: string,
  tables: readonly string[],
  options: { readonly clock: Clock; readonly telemetry: Telemetry },
): Promise<Store> {
  const environment = openEnvironment(folder, tables, options.clock);
  const committer = new Committer(environment, options);
  return storeIn(environment, {
    commit: (changes) => committer.submit(changes),
    close: async () => {
      await committer.close();
      await closeEnvironment(environment);
    },
  });
}

/** Tables of an environment as a store; how their changes are written is the owner's business. */
export function storeIn(
  environment: Environment,
  owner: { commit(changes: () => readonly Change[]): Promise<void>; close(): Promise<void> },
): Store {
  const { folder } = environment;
  return {
    get: (table, key) => {
      const found = tableOf(environment, table);
      const bytes = reading(folder, () => found.get(key));
      return bytes === undefined ? undefined : unpack(bytes, placeOf(key));
    },
    range: (table, range = {}) => readRange(environment, table, range),
    count: (table) => tableOf(environment, table).count,
    commit: (changes) => owner.commit(() => changesIn(environment, changes)),
    close: () => owner.close(),
  };
}

/** What the journal writes for changes of a store. */
export function changesIn(environment: Environment, changes: readonly StoreChange[]): Change[] {
  return changes.map(({ table, key, value }) => {
    const found = tableOf(environment, table);
    if (value === undefined) return { table: found, key };
    return { table: found, key, bytes: pack(value, placeOf(key)) };
  });
}

function* readRange(
  environment: Environment,
  table: string,
  range: RangeOptions,
): Iterable<readonly [string, Value]> {
  const { folder } = environment;
  const { prefix = '', limit = Number.POSITIVE_INFINITY } = range;
  const found = tableOf(environment, table);
  const entries = reading(folder, () => found.getRange(boundsOf(range))[Symbol.iterator]());
  try {
    for (let count = 0; count < limit; count += 1) {
      const next = reading(folder, () => entries.next());
      if (next.done === true) return;
      const { key, value } = next.value;
      if (typeof key !== 'string') throw damaged(folder, `a key of ${table} is not as it was written`);
      // Before the prefix: a key that was changed is no sign that the range has ended.
      const record = unpack(value, placeOf(key));
      if (!key.startsWith(prefix)) return;
      yield [key, record];
    }
  } finally {
    entries.return?.();
  }
}

/** No key sorts behind this one with the same beginning. */
const last = '\u{10ffff}';

function boundsOf({ prefix, from, reverse }: RangeOptions): { start?: string; reverse: boolean } {
  if (reverse !== true) {
    const start = from ?? (prefix === '' ? undefined : prefix);
    return start === undefined ? { reverse: false } : { start, reverse: false };
  }
  const start = from ?? (prefix === undefined || prefix === '' ? undefined : prefix + last);
  return start === undefined ? { reverse: true } : { start, reverse: true };
}
