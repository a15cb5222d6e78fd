import { join } from 'node:path';
import {
  connectLink,
  type KeyPair,
  type LinkClient,
  newKeyPair,
  packValue,
  proof,
  unpackData,
  unpackValue,
} from '../../../src/bus/index.ts';
import type { MasterSettings, Settings } from '../../../src/config/index.ts';
import {
  attachParts,
  type EventHead,
  enrolParts,
  fromPlain,
  type Plain,
  type Telemetry,
  type TraceEvent,
  toPlain,
  type Value,
} from '../../../src/core/index.ts';
import { createMaster, type Master } from '../../../src/master/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';

export const ids = systemIds(systemClock);

type Fields = { [key: string]: Plain };

/** A reply's member that is text. */
export function text(value: Plain | undefined): string {
  if (typeof value !== 'string') throw new Error(`not text: ${JSON.stringify(value)}`);
  return value;
}

export function settingsFor(folder: string, master: Partial<MasterSettings> = {}): Settings {
  return {
    file: null,
    dataDir: join(folder, 'data'),
    sockDir: join(folder, 's'),
    logLevel: 'silent',
    trace: null,
    eventBytesMax: 1 << 20,
    master: {
      id: 'test_master',
      interface: '127.0.0.1',
      port: 0,
      enrolPort: 0,
      autoAccept: [],
      nodegroups: {},
      timeoutS: 5,
      gatherJobTimeoutS: 5,
      presenceIntervalS: 30,
      presenceEvents: false,
      jobLeaseMs: 300_000,
      keepJobsHours: 24,
      retentionHours: 24,
      retentionBytes: 1 << 28,
      queueEventsMax: 50_000,
      ...master,
    },
    // The master reads neither.
    minion: { id: 'here' } as Settings['minion'],
    reactor: {} as Settings['reactor'],
    salt: {} as Settings['salt'],
    api: {} as Settings['api'],
  };
}

/** A running master, with a client on its local socket, that ends with the `await using` scope. */
export async function startMaster(
  folder: string,
  settings: Partial<MasterSettings> = {},
): Promise<TestMaster> {
  const traces: TraceEvent[] = [];
  const telemetry: Telemetry = { emit: (event) => traces.push(event) };
  const master = createMaster(settingsFor(folder, settings), { clock: systemClock, ids, telemetry });
  await master.start();
  return new TestMaster(master, traces);
}

export interface SeenEvent {
  readonly tag: string;
  readonly data: Fields;
  readonly head: EventHead | null;
  /** Events with the same one were stored together. */
  readonly record: number;
}

export class TestMaster {
  readonly master: Master;
  readonly traces: readonly TraceEvent[];
  readonly #link: LinkClient;
  readonly #events: SeenEvent[] = [];
  #records = 0;
  #arrived: () => void = () => undefined;

  constructor(master: Master, traces: readonly TraceEvent[]) {
    this.master = master;
    this.traces = traces;
    this.#link = connectLink({ endpoint: endpointOf(master, 'local'), clock: systemClock });
  }

  async ask(verb: string, payload: Plain): Promise<Plain> {
    return ask(this.#link, verb, payload);
  }

  askMap(verb: string, payload: Fields): Promise<Fields> {
    return this.ask(verb, payload) as Promise<Fields>;
  }

  /** Collects events from `from` on, or from now on. */
  async watch(from: number | null = null): Promise<void> {
    this.#link.onPush('events', (_, batches) => {
      for (const batch of batches) this.#take(batch);
    });
    await this.ask('subscribe', { reader: 'r', name: 'test', from, prefixes: [], credit: 10_000 });
  }

  #take(batch: Uint8Array): void {
    const [, tags, bodies, heads] = unpackValue(batch) as [Value, string[], Uint8Array[], Value[] | null];
    const record = (this.#records += 1);
    tags.forEach((tag, i) => {
      const data = toPlain(unpackData(bodies[i] as Uint8Array)) as Fields;
      this.#events.push({ tag, data, head: toPlain(heads?.[i] ?? null) as EventHead | null, record });
    });
    this.#arrived();
  }

  /** Events whose tag matches, once there are as many. */
  async events(pattern: RegExp, count = 1): Promise<SeenEvent[]> {
    for (;;) {
      const found = this.#events.filter(({ tag }) => pattern.test(tag));
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** What has arrived when an event sent now has. */
  async eventsUntilNow(pattern: RegExp): Promise<SeenEvent[]> {
    const tag = `test/barrier/${ids.random(4)}`;
    await this.ask('run', { fun: 'event.send', arg: [tag], kwarg: {}, user: 'test' });
    await this.events(new RegExp(`^${tag}$`));
    return this.#events.filter((event) => pattern.test(event.tag));
  }

  async stop(): Promise<void> {
    await this.#link.close();
    await this.master.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

export async function ask(
  link: LinkClient,
  verb: string,
  payload: Plain,
  timeoutMs = 10_000,
): Promise<Plain> {
  return toPlain(unpackValue(await link.request(verb, packValue(fromPlain(payload)), timeoutMs)));
}

export function endpointOf(master: Master, name: 'local' | 'work' | 'enrol'): string {
  const [first] = master.endpoints[name];
  if (first === undefined) throw new Error(`the master does not listen on ${name}`);
  return first;
}

/** The protocol of docs/wire.md from the minion's side, one step at a time. */
export class FakeMinion {
  readonly id: string;
  readonly keys: KeyPair;
  readonly jobs: Fields[] = [];
  readonly byes: string[] = [];
  #work: LinkClient | undefined;
  #token = '';
  #arrived: () => void = () => undefined;

  constructor(id: string, keys: KeyPair = newKeyPair()) {
    this.id = id;
    this.keys = keys;
  }

  get token(): string {
    return this.#token;
  }

  /** Shows the key; the result is what the master says. `claim`: another key than the one it holds. */
  async enrol(master: Master, claim?: string): Promise<string> {
    const link = connectLink({ endpoint: endpointOf(master, 'enrol'), clock: systemClock });
    try {
      const nonce = ids.random(32);
      const publicKey = claim ?? this.keys.publicKey;
      const hello = (await ask(link, 'hello', { id: this.id, public_key: publicKey, nonce })) as Fields;
      const other = text(hello['nonce']);
      const sign = (role: 'master' | 'minion', act: string): string =>
        proof(this.keys.secretKey, master.publicKey, enrolParts(role, nonce, other, this.id, act));
      const answer = (await ask(link, 'prove', { id: this.id, proof: sign('minion', '') })) as Fields;
      if (hello['proof'] !== sign('master', 'hello')) throw new Error("the master's first proof is wrong");
      if (answer['proof'] !== sign('master', text(answer['act']))) throw new Error('the last proof is wrong');
      return text(answer['act']);
    } finally {
      await link.close();
    }
  }

  connect(master: Master): LinkClient {
    const curve = { ...this.keys, serverKey: master.publicKey };
    this.#work = connectLink({ endpoint: endpointOf(master, 'work'), curve, clock: systemClock });
    this.#work.onPush('job', (payload) => {
      this.jobs.push(...(toPlain(unpackValue(payload)) as Fields[]));
      this.#arrived();
    });
    this.#work.onPush('bye', (payload) => {
      this.byes.push(text((toPlain(unpackValue(payload)) as Fields)['reason']));
      this.#arrived();
    });
    return this.#work;
  }

  /** `as`: attaches under another id. */
  async attach(master: Master, grains: Fields = {}, as: string = this.id): Promise<void> {
    const link = this.#work ?? this.connect(master);
    const nonce = ids.random(32);
    const { nonce: other } = (await ask(link, 'attach', { id: as, nonce })) as Fields;
    const mine = proof(this.keys.secretKey, master.publicKey, attachParts(nonce, text(other), as));
    const { token } = (await ask(link, 'attached', { id: as, proof: mine, grains })) as Fields;
    this.#token = text(token);
  }

  async work(verb: string, payload: Fields): Promise<Fields> {
    if (this.#work === undefined) throw new Error('not connected');
    return (await ask(this.#work, verb, { token: this.#token, ...payload })) as Fields;
  }

  ret(jid: string, fields: Fields = {}): Promise<Fields> {
    const plain = { jid, fun: 'test.ping', fun_args: [], return: true, retcode: 0, success: true, ...fields };
    return this.work('ret', { returns: [plain] });
  }

  async received(count: number): Promise<Fields[]> {
    while (this.jobs.length < count)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    return this.jobs;
  }

  async dismissed(): Promise<string> {
    while (this.byes.length === 0)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    return this.byes[0] ?? '';
  }

  async disconnect(): Promise<void> {
    await this.#work?.close();
    this.#work = undefined;
    this.#token = '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
  }
}

/** An accepted and attached minion. */
export async function attached(test: TestMaster, id: string, grains: Fields = {}): Promise<FakeMinion> {
  const minion = new FakeMinion(id);
  await test.ask('introduce', { id, public_key: minion.keys.publicKey });
  await minion.attach(test.master, grains);
  return minion;
}
