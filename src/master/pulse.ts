import type { Telemetry, TraceEvent } from '../core/index.ts';

/** Passes on what is reported, and remembers whether the journal took what it was given last. */
export class Pulse implements Telemetry {
  readonly metrics: NonNullable<Telemetry['metrics']> = {
    text: async () => this.#telemetry.metrics?.text() ?? '',
  };
  readonly #telemetry: Telemetry;
  #journalProblem: string | null = null;

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  /** Why the journal failed last; null when it has taken something since. */
  get journalProblem(): string | null {
    return this.#journalProblem;
  }

  emit(event: TraceEvent): void {
    if (event.kind === 'journal.error') this.#journalProblem = event.message;
    else if (event.kind === 'journal.commit') this.#journalProblem = null;
    this.#telemetry.emit(event);
  }
}
