import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface SeenEvent {
  readonly id: number;
  readonly tag: string;
  readonly data: Record<string, unknown>;
}

export interface ReaderOptions {
  readonly port: number;
  readonly token: string;
  readonly query?: string;
  readonly lastEventId?: number | undefined;
}

/** Reads a stream of events by its lines, as a client of salt-api does, until it is killed. */
export class EventReader {
  readonly events: SeenEvent[] = [];
  readonly comments: string[] = [];
  /** Resolves when the stream has begun; rejects when it is refused. */
  readonly open: Promise<IncomingMessage>;
  readonly closed: Promise<void>;
  readonly #request: ClientRequest;
  #rest = '';
  #news: () => void = () => undefined;

  constructor({ port, token, query = '', lastEventId }: ReaderOptions) {
    const headers: Record<string, string> = { 'x-auth-token': token };
    if (lastEventId !== undefined) headers['last-event-id'] = String(lastEventId);
    this.#request = request({ host: '127.0.0.1', port, path: `/events${query}`, headers, agent: false });
    this.open = new Promise((resolve, reject) => {
      this.#request.once('error', reject);
      this.#request.once('response', (response) => {
        if (response.statusCode === 200) resolve(response);
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    this.closed = new Promise((resolve) => this.#request.once('close', resolve));
    this.open.catch(() => undefined);
    this.#request.on('error', () => undefined);
    this.#request.once('response', (response: IncomingMessage) => {
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (text: string) => this.#take(text));
    });
    this.#request.end();
  }

  /** The last id that was seen in full. */
  get lastId(): number | undefined {
    return this.events.at(-1)?.id;
  }

  /** Waits until the events fit. */
  async until(fits: (events: readonly SeenEvent[]) => boolean, timeoutMs = 20_000): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (!fits(this.events)) {
      const leftMs = endMs - Date.now();
      if (leftMs <= 0) throw new Error(`the events did not come; there are ${this.events.length}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#news = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  kill(): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#block(block.split('\n'));
    this.#news();
  }

  #block(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const [data, tag, id] = [field('data'), field('tag'), field('id')];
    for (const line of lines) if (line.startsWith(':')) this.comments.push(line);
    if (data === undefined || tag === undefined) return;
    const event = JSON.parse(data) as { tag: string; data: Record<string, unknown> };
    if (event.tag !== tag) throw new Error(`the tags differ: ${tag} and ${event.tag}`);
    this.events.push({ id: Number(id), tag, data: event.data });
  }
}
