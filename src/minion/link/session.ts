import { existsSync } from 'node:fs';
import { connectLink, type LinkClient, socketPath, unpackValue } from '../../bus/index.ts';
import type { MinionSettings } from '../../config/index.ts';
import {
  BrineError,
  type Clock,
  type Ids,
  isBrineError,
  type JobLoad,
  jobFromValue,
  mapOf,
  messageOf,
  type Telemetry,
  textAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { ask } from './ask.ts';
import { attach } from './attach.ts';
import { enrol, type Identity } from './enrol.ts';
import { introduce } from './introduce.ts';
import type { MasterPin } from './master-pin.ts';

const pingMs = 5000;
/** How often the master is told which jobs the minion has, at most. */
const tellJobsMs = 9000;
/** How long the work socket may stay closed to us before we ask again what our key is worth. */
const admissionMs = 10_000;
const pauseMinMs = 200;
const pauseMaxMs = 10_000;
/** An attachment that lasts shorter is no success: two minions with one id would throw each other out for ever. */
const shortLivedMs = 10_000;

export interface SessionOptions {
  readonly settings: MinionSettings;
  readonly sockDir: string;
  readonly identity: Identity;
  readonly pin: MasterPin;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  grains(): ValueMap;
  /** Jobs that this minion has; the master is told now and then. */
  owed(): readonly string[];
  onAttached(): void;
  onJobs(loads: readonly JobLoad[]): void;
}

/**
 * The minion's side of the way to its master:
 * enrolling (show the key until it is accepted) → connecting (CURVE lets accepted keys in) → attached
 * (a token binds the connection to our id) → back to connecting when the connection or the token is lost,
 * back to enrolling when the master does not let us in any more.
 */
export class Session {
  readonly #options: SessionOptions;
  #token: string | undefined;
  #link: LinkClient | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #pauseMs = pauseMinMs;
  #lastTold = '';
  #attachedAtMs = Number.NEGATIVE_INFINITY;
  #toldJobsMs = Number.NEGATIVE_INFINITY;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get attached(): boolean {
    return this.#token !== undefined;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#token = undefined;
    this.#wake();
    await this.#link?.close();
    await this.#running;
  }

  /** A request with our token. Throws NOT_RUNNING while there is no master. */
  async request(verb: string, members: Readonly<Record<string, Value>>): Promise<ValueMap> {
    const [token, link] = [this.#token, this.#link];
    if (token === undefined || link === undefined)
      throw new BrineError('NOT_RUNNING', 'The minion is not connected to its master.');
    return ask(link, verb, mapOf({ token, ...members }));
  }

  /** The token is worth nothing any more: attach again. */
  detached(reason: string): void {
    if (this.#token === undefined) return;
    this.#token = undefined;
    this.#tellLost(reason);
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const masterKey = await this.#enrolled();
      if (masterKey !== undefined) await this.#work(masterKey);
    }
  }

  /** One try to be accepted; undefined after a pause when it did not succeed. */
  async #enrolled(): Promise<string | undefined> {
    const { settings, identity, pin, clock, ids } = this.#options;
    if (settings.master === null) await this.#introduced();
    if (this.#stopped) return undefined;
    const link = connectLink({ endpoint: this.#endpoint('enrol'), clock });
    this.#link = link;
    let waitMs = settings.acceptanceWaitS * 1000;
    try {
      const { act, masterKey } = await enrol(link, identity, pin, ids);
      if (act === 'accept') return masterKey;
      this.#tellLost(`the master answers ${act} to this minion's key`);
    } catch (error) {
      if (!this.#stopped) this.#tellLost(messageOf(error));
      if (!isBrineError(error, 'KEY_REFUSED')) waitMs = this.#nextPause();
    } finally {
      await link.close();
    }
    await this.#sleep(waitMs);
    return undefined;
  }

  /** On the master's own host its socket for this system user vouches for the minion. */
  async #introduced(): Promise<void> {
    const { sockDir, identity, clock } = this.#options;
    const path = socketPath(sockDir, 'master');
    if (!existsSync(path)) return;
    const link = connectLink({ endpoint: `ipc://${path}`, clock });
    this.#link = link;
    await introduce(link, identity);
    await link.close();
  }

  async #work(serverKey: string): Promise<void> {
    const { clock, identity } = this.#options;
    const link = connectLink({
      endpoint: this.#endpoint('work'),
      curve: { ...identity.keys, serverKey },
      clock,
    });
    this.#link = link;
    let connected = false;
    link.onStatus((status) => {
      connected = status.kind === 'connected';
      if (status.kind === 'lost') this.detached(status.reason);
      this.#wake();
    });
    link.onPush('job', (payload) => this.#jobs(payload));
    link.onPush('bye', (payload) => this.detached(reasonOf(payload)));
    try {
      let closedSinceMs = clock.monotonicMs();
      while (!this.#stopped) {
        if (!connected && clock.monotonicMs() - closedSinceMs > admissionMs) return;
        if (!connected) await this.#sleep(admissionMs / 4);
        else if (this.#token === undefined) {
          if (!(await this.#attach(link, serverKey))) return;
        } else {
          closedSinceMs = clock.monotonicMs();
          await this.#ping();
        }
      }
    } finally {
      this.#token = undefined;
      await link.close();
    }
  }

  /** False when the master does not want this key any more. */
  async #attach(link: LinkClient, masterKey: string): Promise<boolean> {
    const { identity, ids, telemetry, settings, clock } = this.#options;
    if (clock.monotonicMs() - this.#attachedAtMs < shortLivedMs) await this.#sleep(this.#nextPause());
    else this.#pauseMs = pauseMinMs;
    try {
      this.#token = await attach(link, identity, masterKey, this.#options.grains(), ids);
      this.#attachedAtMs = clock.monotonicMs();
      this.#toldJobsMs = Number.NEGATIVE_INFINITY;
      this.#lastTold = '';
      telemetry.emit({ kind: 'master.connected', master: settings.master ?? 'this host' });
      this.#options.onAttached();
      return true;
    } catch (error) {
      if (!this.#stopped) this.#tellLost(messageOf(error));
      await this.#sleep(this.#nextPause());
      return !isBrineError(error, 'KEY_REFUSED');
    }
  }

  async #ping(): Promise<void> {
    await this.#sleep(pingMs);
    if (this.#token === undefined || this.#stopped) return;
    try {
      await this.request('ping', this.#signOfLife());
    } catch (error) {
      this.detached(messageOf(error));
    }
  }

  /** What renews the leases of jobs at the master. */
  #signOfLife(): Readonly<Record<string, Value>> {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#toldJobsMs < tellJobsMs) return {};
    this.#toldJobsMs = nowMs;
    return { jids: [...this.#options.owed()] };
  }

  #jobs(payload: Uint8Array): void {
    try {
      const loads = unpackValue(payload);
      if (Array.isArray(loads)) this.#options.onJobs(loads.map(jobFromValue));
    } catch (error) {
      this.#options.telemetry.emit({ kind: 'unexpected', where: 'minion job', message: messageOf(error) });
    }
  }

  #endpoint(name: 'enrol' | 'work'): string {
    const { settings, sockDir } = this.#options;
    if (settings.master === null) return `ipc://${socketPath(sockDir, name)}`;
    const host = settings.master.includes(':') ? `[${settings.master}]` : settings.master;
    return `tcp://${host}:${name === 'work' ? settings.masterPort : settings.masterEnrolPort}`;
  }

  /** Says it once, not at every try. */
  #tellLost(reason: string): void {
    if (this.#lastTold === reason) return;
    this.#lastTold = reason;
    const { telemetry, settings } = this.#options;
    telemetry.emit({ kind: 'master.lost', master: settings.master ?? 'this host', reason });
  }

  #nextPause(): number {
    const pause = this.#pauseMs * (0.5 + this.#options.ids.fraction() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauseMaxMs);
    return pause;
  }

  /** Ends early when something changed. */
  #sleep(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => resolve());
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function reasonOf(payload: Uint8Array): string {
  const message = unpackValue(payload);
  return (message instanceof Map && textAt(message, 'reason')) || 'the master says goodbye';
}
