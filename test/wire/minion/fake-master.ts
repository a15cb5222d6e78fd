import {
  bindLink,
  ensureSocketFolder,
  type KeyPair,
  type LinkServer,
  newKeyPair,
  packValue,
  proof,
  socketPath,
  unpackValue,
  zapAuthenticator,
} from '../../../src/bus/index.ts';
import {
  attachParts,
  BrineError,
  enrolParts,
  type JobLoad,
  type JobReturn,
  jobToValue,
  mapOf,
  returnFromValue,
  silentTelemetry,
  textAt,
  type Value,
  type ValueMap,
} from '../../../src/core/index.ts';
import { clock, ids } from './support.ts';

/** A master that says what a test wants it to say, on the sockets that docs/wire.md describes. */
export class FakeMaster implements AsyncDisposable {
  readonly keys: KeyPair;
  /** What it answers to a key. */
  act = 'accept';
  /** Makes it answer as if it held another key than the one it shows. */
  lies = false;
  /** What `ret` and `event` fail with, while set. */
  failure: BrineError | undefined;
  acts = 0;
  attachments = 0;
  pings = 0;
  grains: ValueMap = new Map();
  readonly returns: JobReturn[] = [];
  readonly events: { tag: string; data: Value; jid: string }[] = [];
  readonly got: string[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  #work: LinkServer | undefined;
  #peer = '';
  #token = '';
  #minionKey = '';
  #waiting: (() => void)[] = [];

  private constructor(keys: KeyPair) {
    this.keys = keys;
  }

  static async start(sockDir: string, keys: KeyPair = newKeyPair()): Promise<FakeMaster> {
    const master = new FakeMaster(keys);
    ensureSocketFolder(sockDir);
    await master.#serveEnrol(sockDir);
    await master.#serveWork(sockDir);
    return master;
  }

  /** Resolves when this is true; looked at after each thing that the minion does. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async push(...loads: readonly JobLoad[]): Promise<boolean> {
    return (await this.#work?.push(this.#peer, 'job', packValue(loads.map(jobToValue)))) === true;
  }

  async bye(reason: string): Promise<void> {
    this.#token = '';
    await this.#work?.push(this.#peer, 'bye', packValue(mapOf({ reason })));
  }

  /** The token is worth nothing from now on, without a word. */
  forget(): void {
    this.#token = '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
  }

  async #serveEnrol(sockDir: string): Promise<void> {
    const link = await this.#bind(`ipc://${socketPath(sockDir, 'enrol')}`);
    let hello: ValueMap = new Map();
    const masterNonce = ids.random(16);
    const prove = (role: 'master' | 'minion', act: string): string =>
      proof(
        this.lies ? newKeyPair().secretKey : this.keys.secretKey,
        textAt(hello, 'public_key'),
        enrolParts(role, textAt(hello, 'nonce'), masterNonce, textAt(hello, 'id'), act),
      );
    this.#answer(link, 'hello', (request) => {
      hello = request;
      return mapOf({ public_key: this.keys.publicKey, nonce: masterNonce, proof: prove('master', 'hello') });
    });
    this.#answer(link, 'prove', (request) => {
      if (textAt(request, 'proof') !== prove('minion', ''))
        throw new BrineError('KEY_REFUSED', 'wrong proof');
      this.#minionKey = textAt(hello, 'public_key');
      this.acts += 1;
      return mapOf({ act: this.act, proof: prove('master', this.act) });
    });
  }

  async #serveWork(sockDir: string): Promise<void> {
    const domain = `fake-${ids.random(4)}`;
    const zap = await zapAuthenticator({
      domain,
      isAllowed: (key) => key === this.#minionKey && this.act === 'accept',
      telemetry: silentTelemetry,
    });
    this.#closers.push(() => zap.close());
    const link = await this.#bind(`ipc://${socketPath(sockDir, 'work')}`, { ...this.keys, domain });
    this.#work = link;
    let offer: { minionNonce: string; masterNonce: string } = { minionNonce: '', masterNonce: '' };
    this.#answer(link, 'attach', (request) => {
      offer = { minionNonce: textAt(request, 'nonce'), masterNonce: ids.random(16) };
      return mapOf({ nonce: offer.masterNonce });
    });
    this.#answer(link, 'attached', (request, peer) => {
      const parts = attachParts(offer.minionNonce, offer.masterNonce, textAt(request, 'id'));
      if (textAt(request, 'proof') !== proof(this.keys.secretKey, this.#minionKey, parts))
        throw new BrineError('KEY_REFUSED', 'wrong proof');
      this.attachments += 1;
      this.#peer = peer;
      this.#token = ids.random(8);
      this.grains = request.get('grains') as ValueMap;
      return mapOf({ token: this.#token });
    });
    this.#answerSession(link, 'ping', () => {
      this.pings += 1;
    });
    this.#answerSession(link, 'got', (request) => {
      this.got.push(...(request.get('jids') as string[]));
    });
    this.#answerSession(link, 'grains', (request) => {
      this.grains = request.get('grains') as ValueMap;
    });
    this.#answerSession(link, 'ret', (request) => {
      if (this.failure !== undefined) throw this.failure;
      this.returns.push(...(request.get('returns') as Value[]).map(returnFromValue));
    });
    this.#answerSession(link, 'event', (request) => {
      if (this.failure !== undefined) throw this.failure;
      for (const event of request.get('events') as ValueMap[])
        this.events.push({
          tag: textAt(event, 'tag'),
          data: event.get('data') ?? null,
          jid: textAt(event, 'jid'),
        });
    });
  }

  #answerSession(link: LinkServer, verb: string, take: (request: ValueMap) => void): void {
    this.#answer(link, verb, (request) => {
      if (textAt(request, 'token') !== this.#token || this.#token === '')
        throw new BrineError('KEY_REFUSED', 'attach again');
      take(request);
      return new Map();
    });
  }

  #answer(link: LinkServer, verb: string, run: (request: ValueMap, peer: string) => ValueMap): void {
    link.handle(verb, ({ payload, peer }) => {
      try {
        return packValue(run(unpackValue(payload) as ValueMap, peer));
      } finally {
        setImmediate(() => {
          for (const wake of this.#waiting.splice(0)) wake();
        });
      }
    });
  }

  async #bind(endpoint: string, curve?: KeyPair & { domain: string }): Promise<LinkServer> {
    const link = await bindLink({
      endpoints: [endpoint],
      ...(curve === undefined ? {} : { curve }),
      bytesMax: 1 << 24,
      clock,
      telemetry: silentTelemetry,
    });
    link.accept();
    this.#closers.push(() => link.close());
    return link;
  }
}
