import { connectLink, type LinkClient, packValue, socketPath, unpackValue } from '../../bus/index.ts';
import type { Clock, Telemetry, Value, ValueMap } from '../../core/index.ts';
import { HttpError } from './http-error.ts';

const requestMs = 30_000;

/** The reactor of the data folder, as `brine dlq` and `brine status` ask it. It may be away, or not be there at all. */
export class ReactorLink {
  readonly #link: LinkClient;
  #isThere = false;

  constructor(options: { readonly sockDir: string; readonly clock: Clock; readonly telemetry: Telemetry }) {
    const { sockDir, clock, telemetry } = options;
    this.#link = connectLink({ endpoint: `ipc://${socketPath(sockDir, 'reactor')}`, clock, telemetry });
    this.#link.onStatus((status) => {
      this.#isThere = status.kind === 'connected';
    });
  }

  /** Asks one of the reactor's verbs. Throws 503 while it is away, and whatever it answers. */
  async ask(verb: string, ask: ValueMap): Promise<Value> {
    if (!this.#isThere) throw new HttpError(503, 'The reactor is not available.', { 'retry-after': '1' });
    return unpackValue(await this.#link.request(verb, packValue(ask), requestMs));
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
