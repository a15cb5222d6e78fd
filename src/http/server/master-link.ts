import { connectBus, connectLink, type EventBus, socketPath } from '../../bus/index.ts';
import { MasterClient } from '../../client/index.ts';
import { type Clock, messageOf, type Telemetry } from '../../core/index.ts';
import { SharedBus } from '../events/shared-bus.ts';
import { HttpError } from './http-error.ts';

export interface MasterLinkOptions {
  readonly sockDir: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** How long a start waits for a master that may be starting too. */
const firstConnectionMs = 2000;

/** The master that the API serves. It may be away: then requests are refused at once, and streams wait. */
export class MasterLink {
  readonly client: MasterClient;
  /** The master's bus, read once for all. */
  readonly events: SharedBus;
  readonly #close: () => Promise<void>;
  #isThere = false;
  #arrived: () => void = () => undefined;

  constructor({ sockDir, clock, telemetry }: MasterLinkOptions) {
    const endpoint = `ipc://${socketPath(sockDir, 'master')}`;
    const link = connectLink({ endpoint, clock, telemetry });
    const onFault = (error: unknown): void =>
      telemetry.emit({ kind: 'unexpected', where: 'api bus', message: messageOf(error) });
    const bus: EventBus = connectBus(link, { clock, onFault });
    this.events = new SharedBus({ bus, clock, telemetry });
    this.client = new MasterClient(link, this.events, '');
    link.onStatus((status) => {
      this.#isThere = status.kind === 'connected';
      if (this.#isThere) this.#arrived();
    });
    this.#close = async () => {
      await this.events.close();
      await bus.close();
      await link.close();
    };
    this.#clock = clock;
  }

  readonly #clock: Clock;

  /** Resolves when the master is there, or soon after without it. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(firstConnectionMs, resolve);
      this.#arrived = () => {
        cancel();
        resolve();
      };
      if (this.#isThere) this.#arrived();
    });
    this.events.start();
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** The master's client. Throws 503 while the master is away. */
  require(): MasterClient {
    if (this.#isThere) return this.client;
    throw new HttpError(503, 'Salt Master is not available.', { 'retry-after': '1' });
  }

  close(): Promise<void> {
    return this.#close();
  }
}
