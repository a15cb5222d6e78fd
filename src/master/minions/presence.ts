import { type Clock, mapOf, type OutgoingEvent } from '../../core/index.ts';

export interface PresenceOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly enabled: boolean;
  /** The attached minions, sorted. */
  readonly present: () => readonly string[];
  readonly publish: (events: readonly OutgoingEvent[]) => void;
  /** Runs once in each interval, before presence is told. */
  readonly sweep: () => void;
}

/** Minions that come or go together are told of together. */
const gatherMs = 200;

/** Tells who is there: on every change, and once in each interval. */
export class Presence {
  readonly #options: PresenceOptions;
  #told: ReadonlySet<string> = new Set();
  #cancelInterval: () => void = () => undefined;
  #cancelChange: (() => void) | undefined;
  #stopped = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancelInterval = this.#options.clock.after(this.#options.intervalMs, () => {
      this.#options.sweep();
      this.#tell(true);
      if (!this.#stopped) this.start();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelInterval();
    this.#cancelChange?.();
  }

  changed(): void {
    if (this.#stopped || this.#cancelChange !== undefined) return;
    this.#cancelChange = this.#options.clock.after(gatherMs, () => {
      this.#cancelChange = undefined;
      this.#tell(false);
    });
  }

  #tell(always: boolean): void {
    const { enabled, present, publish } = this.#options;
    if (!enabled || this.#stopped) return;
    const now = present();
    const events = presenceEvents(this.#told, now, always);
    this.#told = new Set(now);
    if (events.length > 0) publish(events);
  }
}

/** `change` when the set differs from what was told last, and `present` then or when asked. */
export function presenceEvents(
  told: ReadonlySet<string>,
  now: readonly string[],
  always: boolean,
): OutgoingEvent[] {
  const current = new Set(now);
  const added = now.filter((id) => !told.has(id));
  const lost = [...told].filter((id) => !current.has(id));
  const changed = added.length > 0 || lost.length > 0;
  const present = { tag: 'salt/presence/present', data: mapOf({ present: [...now] }) };
  if (!changed) return always ? [present] : [];
  return [{ tag: 'salt/presence/change', data: mapOf({ new: added, lost }) }, present];
}
