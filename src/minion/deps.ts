import type { Clock, Ids, Telemetry } from '../core/index.ts';
import type { ParseArgument } from './modules/bind.ts';

export interface MinionDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Turns the text behind `name=` into a value; texts stay texts unless given. */
  readonly parseArgument?: ParseArgument;
}
