import { type Clock, mapOf, type Telemetry, type Value, type ValueMap } from '../core/index.ts';
import type { Dispatcher } from '../dispatch/index.ts';
import type { Canary, CanaryState } from './canary.ts';
import type { Progress } from './progress.ts';

export interface HealthOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly progress: Pick<Progress, 'lostReason'>;
  readonly dispatcher: Pick<Dispatcher, 'status'>;
  /** null when none is sent. */
  readonly canary: Pick<Canary, 'state' | 'silentMs'> | null;
  readonly canaryIntervalMs: number;
}

const lookEveryMs = 1000;
/** How long a canary may take before it counts as stuck. */
const stuckMs = 5000;

/** One reason why the reactor is not ready; `cause` stays the same while only times change. */
interface Trouble {
  readonly cause: string;
  readonly reason: string;
}

/** Whether the reactor does its work: whoever answers lives; ready is who brings events through. */
export class Health {
  readonly #options: HealthOptions;
  #cancel: () => void = () => undefined;
  #told: string | null = null;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** Tells of each change. */
  start(): void {
    const look = (): void => {
      this.#cancel = this.#options.clock.after(lookEveryMs, look);
      this.#tell();
    };
    look();
  }

  stop(): void {
    this.#cancel();
  }

  /** Empty when the reactor is ready. */
  problems(): string[] {
    return this.#troubles().map(({ reason }) => reason);
  }

  toValue(): ValueMap {
    const problems = this.problems();
    const { canary } = this.#options;
    return mapOf({
      live: true,
      ready: problems.length === 0,
      problems,
      canary: canary === null ? undefined : canaryToValue(canary.state()),
    });
  }

  #troubles(): Trouble[] {
    const { progress, dispatcher, canary, canaryIntervalMs } = this.#options;
    const found: Trouble[] = [];
    const lost = progress.lostReason;
    if (lost !== null) found.push({ cause: 'bus', reason: `the bus is not followed: ${lost}` });
    const { outage } = dispatcher.status();
    if (outage !== null)
      found.push({ cause: 'plane', reason: `the control plane cannot be reached: ${outage}` });
    if (canary !== null && canary.state().ageMs === null && canary.silentMs <= canaryIntervalMs + stuckMs)
      found.push({ cause: 'start', reason: 'no canary event has come through yet' });
    if (canary !== null && canary.silentMs > canaryIntervalMs + stuckMs)
      found.push(canaryTrouble(canary.state(), canary.silentMs));
    return found;
  }

  #tell(): void {
    const [trouble] = this.#troubles();
    const cause = trouble?.cause ?? '';
    if (this.#told === cause) return;
    // That a reactor begins is no news; nor that it is ready then.
    const isNews = this.#told !== null && cause !== 'start' && !(this.#told === 'start' && cause === '');
    this.#told = cause;
    if (isNews)
      this.#options.telemetry.emit({
        kind: 'health.changed',
        role: 'reactor',
        ready: trouble === undefined,
        reason: trouble?.reason ?? '',
        cause,
      });
  }
}

function canaryTrouble({ stuck, problem }: CanaryState, silentMs: number): Trouble {
  const silence = `no canary event came through for ${seconds(silentMs)} s`;
  if (problem !== null) return { cause: 'canary', reason: `${silence}: the last one failed ${problem}` };
  if (stuck === null) return { cause: 'canary', reason: silence };
  const reason = `${silence}: one is stuck at ${stuck.stage} since ${seconds(stuck.forMs)} s`;
  return { cause: `canary ${stuck.stage}`, reason };
}

function canaryToValue({ ageMs, tookMs, stuck, problem }: CanaryState): Value {
  return mapOf({
    age_s: ageMs === null ? null : seconds(ageMs),
    took_ms: tookMs === null ? undefined : Math.round(tookMs),
    stage: stuck?.stage,
    under_way_s: stuck === null ? undefined : seconds(stuck.forMs),
    problem: problem ?? undefined,
  });
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
