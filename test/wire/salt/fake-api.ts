import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connectSaltApi, type SaltApi } from '../../../src/bus/index.ts';
import { silentTelemetry } from '../../../src/core/index.ts';
import { openSaltApiSource, type SaltApiSource } from '../../../src/salt/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { eventually } from '../../support/brine.ts';

export type Chunk = Readonly<Record<string, unknown>>;

/** What a route answers: a status with a body, or nothing at all and a closed connection. */
export type Answer = { readonly status: number; readonly body: string } | 'cut';

/** A salt-api whose every answer a test decides. */
export class FakeApi implements AsyncDisposable {
  /** Of each login, in order. */
  readonly tokens: string[] = [];
  readonly chunks: Chunk[] = [];
  readonly passwords: unknown[] = [];
  /** Tokens that are good no more. */
  readonly expired: Set<string> = new Set();
  lifeSeconds = 3600;
  /** What one chunk returns, or another answer altogether. */
  answer: (chunk: Chunk) => Answer | { readonly returned: unknown } = () => ({ returned: {} });
  login: () => Answer | undefined = () => undefined;
  readonly #streams = new Map<ServerResponse, string>();
  readonly #server: ReturnType<typeof createPlain>;

  private constructor(tls: { readonly cert: string; readonly key: string } | undefined) {
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#handle(request, response);
    };
    this.#server = tls === undefined ? createPlain(handle) : createTls(tls, handle);
  }

  static async start(tls?: { readonly cert: string; readonly key: string }, port = 0): Promise<FakeApi> {
    const fake = new FakeApi(tls);
    await new Promise<void>((resolve) => fake.#server.listen(port, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Streams that are open, by their token. */
  get streams(): string[] {
    return [...this.#streams.values()];
  }

  emit(tag: string, data: unknown, onlyTo?: string): void {
    this.write(`tag: ${tag}\ndata: ${JSON.stringify({ tag, data })}\n\n`, onlyTo);
  }

  write(text: string, onlyTo?: string): void {
    for (const [stream, token] of this.#streams)
      if (onlyTo === undefined || onlyTo === token) stream.write(text);
  }

  /** Ends streams as salt-api does when their token is too old, or in the middle of whatever they wrote. */
  endStreams(how: 'end' | 'cut', token?: string): void {
    for (const [stream, own] of this.#streams) {
      if (token !== undefined && own !== token) continue;
      if (how === 'end') stream.end();
      else stream.destroy();
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request as AsyncIterable<Buffer>) body += piece.toString();
    const token = String(request.headers['x-auth-token']);
    if (request.url === '/login') return this.#logIn(JSON.parse(body) as Chunk, response);
    const known = this.tokens.includes(token) && !this.expired.has(token);
    if (!known)
      return send(response, { status: 401, body: page('No permission -- see authorization schemes') });
    if (request.url === '/events') return this.#stream(token, response);
    const [chunk = {}] = JSON.parse(body) as Chunk[];
    this.chunks.push(chunk);
    const answer = this.answer(chunk);
    if (answer !== 'cut' && 'returned' in answer)
      send(response, { status: 200, body: JSON.stringify({ return: [answer.returned] }) });
    else send(response, answer);
  }

  #logIn(credentials: Chunk, response: ServerResponse): void {
    this.passwords.push(credentials['password']);
    const refusal = this.login();
    if (refusal !== undefined) return send(response, refusal);
    const token = `a${this.tokens.length}`;
    this.tokens.push(token);
    const login = { token, start: 1000.5, expire: 1000.5 + this.lifeSeconds, user: 'u', eauth: 'auto' };
    send(response, { status: 200, body: JSON.stringify({ return: [login] }) });
  }

  #stream(token: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream;charset=utf-8' });
    response.write('retry: 400\n');
    this.#streams.set(response, token);
    response.once('close', () => this.#streams.delete(response));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    await serversGone();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close();
  }
}

/** The handle of a server is gone some turns after the server. */
export async function serversGone(): Promise<void> {
  const isGone = (): true | undefined =>
    process.getActiveResourcesInfo().includes('TCPServerWrap') ? undefined : true;
  await eventually(isGone, 'the end of the server');
}

/** A refusal as CherryPy writes it. */
export function page(words: string): string {
  return `<!DOCTYPE html>\n<html><body><h2>Error</h2>\n<p>${words}</p>\n</body></html>`;
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'cut') return void response.destroy();
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
}

export interface FarSource extends AsyncDisposable {
  readonly api: SaltApi;
  readonly source: SaltApiSource;
}

export interface FarOptions {
  readonly folder: string;
  readonly url: string;
  readonly ca?: string;
  readonly fingerprint?: string;
  readonly eventBytesMax?: number;
}

export async function farSource(options: FarOptions): Promise<FarSource> {
  const { url, ca, fingerprint, folder } = options;
  const api = connectSaltApi({
    place: { url: new URL(url), ca, fingerprint },
    credentials: { username: 'u', eauth: 'auto', password: () => Promise.resolve('secret') },
    clock: systemClock,
  });
  const source = await openSaltApiSource({
    api,
    url,
    username: 'u',
    folder,
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: 3_600_000,
    retentionBytes: 1 << 28,
    eventBytesMax: options.eventBytesMax ?? 1 << 20,
    queueEventsMax: 10_000,
    peerEvents: false,
    probes: false,
  });
  const stop = async (): Promise<void> => {
    await source.stop();
    api.close();
  };
  return { api, source, [Symbol.asyncDispose]: stop };
}
