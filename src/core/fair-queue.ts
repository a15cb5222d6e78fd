interface Lane<T> {
  items: T[];
  /** Items before it were taken. */
  head: number;
  paused: boolean;
}

const nobody: readonly string[] = Object.freeze([]);
/** Taken items are cut off when this many lie in front. */
const cutAt = 1024;

/**
 * A queue with a lane for each key. Items are taken from the lanes in turn, so a long lane does not keep a short
 * one waiting; within a lane the order of arrival holds. A paused lane keeps its items and its turn passes.
 */
export class FairQueue<T> {
  /** In the order of their turns; a lane that was served goes to the end. Empty ones are forgotten unless paused. */
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #paused = new Set<string>();
  #size = 0;
  #pausedSize = 0;

  /** Items in lanes that are not paused. */
  get size(): number {
    return this.#size;
  }

  get pausedSize(): number {
    return this.#pausedSize;
  }

  /** Lanes that hold items or are paused. */
  get lanes(): number {
    return this.#lanes.size;
  }

  pausedKeys(): readonly string[] {
    return this.#paused.size === 0 ? nobody : [...this.#paused];
  }

  sizeOf(key: string): number {
    const lane = this.#lanes.get(key);
    return lane === undefined ? 0 : lane.items.length - lane.head;
  }

  push(key: string, item: T): void {
    const lane = this.#lane(key);
    lane.items.push(item);
    this.#grow(lane, 1);
  }

  isPaused(key: string): boolean {
    return this.#paused.has(key);
  }

  pause(key: string): void {
    const lane = this.#lane(key);
    if (lane.paused) return;
    const held = lane.items.length - lane.head;
    this.#size -= held;
    this.#pausedSize += held;
    lane.paused = true;
    this.#paused.add(key);
  }

  resume(key: string): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined || !lane.paused) return;
    const held = lane.items.length - lane.head;
    this.#size += held;
    this.#pausedSize -= held;
    lane.paused = false;
    this.#paused.delete(key);
    if (held === 0) this.#lanes.delete(key);
  }

  /**
   * At most `max` items, as many from each lane in turn as make it fair. `room` is asked how many of the wanted ones
   * a lane may give; as many as it says are taken.
   */
  take(max: number, room: (key: string, wanted: number) => number = (_, wanted) => wanted): T[] {
    const taken: T[] = [];
    let passed = 0;
    const share = Math.ceil(max / Math.max(1, this.#lanes.size - this.#paused.size));
    // One turn of the ring without an item ends it: nobody has anything that may go.
    while (taken.length < max && passed < this.#lanes.size) {
      const [key, lane] = this.#lanes.entries().next().value as [string, Lane<T>];
      const held = lane.paused ? 0 : lane.items.length - lane.head;
      const wanted = Math.min(share, held, max - taken.length);
      const count = wanted === 0 ? 0 : Math.min(wanted, room(key, wanted));
      for (let i = 0; i < count; i += 1) taken.push(this.#shift(lane));
      passed = count > 0 ? 0 : passed + 1;
      // To the end of the ring.
      this.#lanes.delete(key);
      if (lane.paused || lane.head < lane.items.length) this.#lanes.set(key, lane);
    }
    return taken;
  }

  /** At most `max` items of one lane, in their order. */
  takeOf(key: string, max: number): T[] {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return [];
    const taken: T[] = [];
    while (taken.length < max && lane.head < lane.items.length) taken.push(this.#shift(lane));
    if (!lane.paused && lane.head === lane.items.length) this.#lanes.delete(key);
    return taken;
  }

  #lane(key: string): Lane<T> {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { items: [], head: 0, paused: false };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #shift(lane: Lane<T>): T {
    const item = lane.items[lane.head] as T;
    lane.items[lane.head] = undefined as T;
    lane.head += 1;
    this.#grow(lane, -1);
    if (lane.head >= cutAt) {
      lane.items = lane.items.slice(lane.head);
      lane.head = 0;
    }
    return item;
  }

  #grow(lane: Lane<T>, by: number): void {
    if (lane.paused) this.#pausedSize += by;
    else this.#size += by;
  }
}

/** How many times as much as is free one user of a shared resource may hold. */
const shareOfFree = 4;

/**
 * Whether a user that holds `held` of a shared resource may take one more while `free` are free: it may hold four
 * times as much as is free. One greedy user gets four fifths, a second one four fifths of the rest, and so on;
 * whoever comes with little need finds something free.
 */
export function mayTakeShare(held: number, free: number): boolean {
  return free > 0 && held < shareOfFree * free;
}
