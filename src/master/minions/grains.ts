import { packValue } from '../../bus/index.ts';
import { BrineError, type ValueMap } from '../../core/index.ts';
import type { Store } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';

const table = 'grains';
const grainsBytesMax = 1 << 20;

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

  /** Throws BAD_MESSAGE when they are too large to be kept for every minion. */
  async set(id: string, grains: ValueMap): Promise<void> {
    const bytes = packValue(grains).length;
    if (bytes > grainsBytesMax)
      throw new BrineError('BAD_MESSAGE', `The grains have ${bytes} bytes; ${grainsBytesMax} are allowed.`);
    await this.#ledger.record([{ table, key: id, value: grains }], []);
    this.#known.set(id, grains);
  }

  /** Forgets a minion whose key was deleted. */
  async forget(id: string): Promise<void> {
    if (!this.#known.delete(id)) return;
    await this.#ledger.record([{ table, key: id, value: undefined }], []);
  }
}
