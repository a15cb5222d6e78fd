import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reply } from 'zeromq';
import { masterSockets, packData, packValue, type SaltEvent, unpackValue } from '../../../src/bus/index.ts';
import {
  fromPlain,
  mapOf,
  type Plain,
  silentTelemetry,
  toPlain,
  type Value,
  type ValueMap,
} from '../../../src/core/index.ts';
import { openSaltSource, readSaltMaster, type SaltMaster, type SaltSource } from '../../../src/salt/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { FakeBus, type FakeWire } from './fake-bus.ts';

export type Load = Record<string, Plain>;

/** The sockets, the key file and the job cache of a Salt master, played by this process. */
export class FakeSalt implements AsyncDisposable {
  readonly dir: string;
  readonly salt: SaltMaster;
  /** Events that others have fired here. */
  readonly fired: SaltEvent[] = [];
  /** What the request server was asked for. */
  readonly loads: Load[] = [];
  /** Gives the answer to a load; undefined gives none. */
  answer: (load: Load) => Plain | undefined = () => ({});
  /** Whether what is fired comes out again, as it does on a bus. */
  echoes = true;
  key = 'first key';
  readonly #endpoint: string;
  readonly #request: Reply;
  #bus: FakeBus | undefined;

  private constructor(dir: string, endpoint: string, request: Reply) {
    this.dir = dir;
    this.#endpoint = endpoint;
    this.#request = request;
    for (const name of ['cache', 's']) mkdirSync(join(dir, name), { recursive: true });
    const port = endpoint.slice(endpoint.lastIndexOf(':') + 1);
    const options = {
      cachedir: join(dir, 'cache'),
      sock_dir: join(dir, 's'),
      user: 'root',
      ret_port: Number(port),
      id: 'm_master',
    };
    writeFileSync(
      join(dir, 'master'),
      JSON.stringify({ ...options, nodegroups: { web: 'web1,web2'.split(',') } }),
    );
    this.salt = readSaltMaster(join(dir, 'master'));
    this.newKey('first key');
  }

  static async start(dir: string): Promise<FakeSalt> {
    const request = new Reply({ linger: 0 });
    await request.bind('tcp://127.0.0.1:*');
    const fake = new FakeSalt(dir, request.lastEndpoint ?? '', request);
    void fake.#serve();
    return fake;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  get readers(): number {
    return this.#bus?.readers ?? 0;
  }

  /** Opens the event sockets as some release does. */
  async open(wire: FakeWire = { pub: 'plain', pull: 'prefixed' }): Promise<void> {
    const bus = new FakeBus(wire);
    this.#bus = bus;
    await bus.open(masterSockets(join(this.dir, 's')), (event) => {
      if (!event.tag.startsWith('brine/probe/')) this.fired.push(event);
      if (this.echoes) bus.emit(event.tag, event.data);
    });
  }

  async close(): Promise<void> {
    await this.#bus?.close();
  }

  newKey(key: string): void {
    this.key = key;
    writeFileSync(join(this.dir, 'cache', '.root_key'), key);
  }

  emit(tag: string, data: Record<string, Value> | ValueMap): void {
    this.#bus?.emit(tag, packData(data instanceof Map ? data : mapOf(data)));
  }

  /** A return as the job cache keeps it. */
  store(jid: string, minion: string, kept: Record<string, Value>, load: Record<string, Value>): void {
    const hash = createHash('sha256').update(jid).digest('hex');
    const job = join(this.dir, 'cache', 'jobs', hash.slice(0, 2), hash.slice(2));
    mkdirSync(join(job, minion), { recursive: true });
    writeFileSync(join(job, '.load.p'), packValue(mapOf({ jid, ...load })));
    writeFileSync(join(job, minion, 'return.p'), packValue(mapOf(kept)));
  }

  async #serve(): Promise<void> {
    for await (const [payload] of this.#request) {
      const { load } = toPlain(unpackValue(payload as Uint8Array)) as { load: Load };
      this.loads.push(load);
      const answer =
        load['key'] === this.key
          ? this.answer(load)
          : { error: { name: 'AuthenticationError', message: 'no' } };
      // A REQ socket that gets no answer is closed by the other side; this side goes on.
      await this.#request.send(packValue(fromPlain(answer ?? null))).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.#request.close();
  }
}

export async function sourceFor(
  fake: FakeSalt,
  more: { eventBytesMax?: number; peerEvents?: boolean } = {},
): Promise<SaltSource> {
  return openSaltSource({
    salt: fake.salt,
    folder: join(fake.dir, 'brine'),
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: 3_600_000,
    retentionBytes: 1 << 28,
    eventBytesMax: more.eventBytesMax ?? 1 << 20,
    queueEventsMax: 10_000,
    peerEvents: more.peerEvents === true,
    probes: true,
  });
}
