import type { Value, ValueMap } from '../../core/index.ts';
import type { Store } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';

const table = 'grains';

/** What each minion last reported of itself; kept while the minion is away. */
export class Grains {
  readonly #known = new Map<string, ValueMap>();
  readonly #ledger: Ledger;

  constructor(store: Store, ledger: Ledger) {
    this.#ledger = ledger;
    for (const [id, value] of store.range(table)) if (value instanceof Map) this.#known.set(id, value);
  }

  get(id: string): ValueMap | undefined {
    return this.#known.get(id);
  }

  async set(id: string, grains: ValueMap): Promise<void> {
    await this.#ledger.record([{ table, key: id, value: grains as Value }], []);
    this.#known.set(id, grains);
  }

  /** Forgets a minion whose key was deleted. */
  async forget(id: string): Promise<void> {
    if (!this.#known.delete(id)) return;
    await this.#ledger.record([{ table, key: id, value: undefined }], []);
  }
}
