import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane, Outcome } from '../../../src/core/index.ts';
import type { Rights } from '../../../src/http/index.ts';
import { createReactor, type Reactor } from '../../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { Traces } from '../reactor/support.ts';
import { faultsOf, type JsonSchema } from './json-schema.ts';
import { type Answer, type Ask, World } from './support.ts';

const rules = `
rules:
  works: {on: '*', if: "tag.startswith(('deploy/', 'salt/job/'))", do: [{runner.test.arg: {args: {from: '{{ tag }}'}}}]}
  fails: {on: '*', if: "data.get('fail')", do: [{runner.test.fail: {args: {from: '{{ tag }}'}}}]}
`;

/** The function `test.fail` is refused for good until `heals`; everything else works. */
class HalfPlane implements ControlPlane {
  heals = false;

  async submit(reactions: Parameters<ControlPlane['submit']>[0]): Promise<Outcome[]> {
    return reactions.map(
      ({ jid, action }): Outcome =>
        action.kind === 'runner' && action.fun === 'test.fail' && !this.heals
          ? { ok: false, retryable: false, reason: 'unknown-function', message: 'no such function' }
          : { ok: true, repeated: false, jid, detail: null },
    );
  }
}

interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: JsonSchema }> }> }>
  >;
}

/** A world with a reactor, whose answers under /v1 are held against the document. */
export class OwnApi implements AsyncDisposable {
  readonly world: World;
  readonly plane = new HalfPlane();
  readonly traces = new Traces();
  readonly rulesFile: string;
  /** Operations of the document that were asked and answered well: `get /v1/events`. */
  readonly covered = new Set<string>();
  #reactor: Reactor | undefined;
  #document: Document | undefined;

  private constructor(world: World) {
    this.world = world;
    this.rulesFile = join(world.folder, 'reactors', 'rules.yaml');
  }

  static async open(given: string = rules): Promise<OwnApi> {
    const own = new OwnApi(await World.open({}, { minion: false }));
    mkdirSync(join(own.world.folder, 'reactors'));
    writeFileSync(own.rulesFile, given);
    await own.startReactor();
    own.#document = (await own.world.ask('/v1/openapi.json')).json as Document;
    return own;
  }

  get document(): Document {
    if (this.#document === undefined) throw new Error('there is no document');
    return this.#document;
  }

  async startReactor(): Promise<void> {
    const { settings, folder } = this.world;
    const reactor = {
      ...settings.reactor,
      reactors: [join(folder, 'reactors')],
      canaryIntervalMs: 0,
      watch: false,
    };
    this.#reactor = createReactor(
      { ...settings, reactor },
      { clock: systemClock, ids: systemIds(systemClock), telemetry: this.traces, plane: this.plane },
    );
    await this.#reactor.start();
  }

  async stopReactor(): Promise<void> {
    await this.#reactor?.stop();
    this.#reactor = undefined;
  }

  token(name: string, rights: Partial<Rights>): Promise<string> {
    return this.world.token(name, rights);
  }

  /** Asks, and throws when the answer is not as the document says. */
  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const answer = await this.world.ask(path, ask);
    const method = (ask.method ?? (ask.json === undefined ? 'GET' : 'POST')).toLowerCase();
    const plain = path.split('?')[0] ?? '';
    const route = Object.keys(this.document.paths).find((template) =>
      new RegExp(`^${template.replace('{id}', '[^/]+')}$`).test(plain),
    );
    const operation = route === undefined ? undefined : this.document.paths[route]?.[method];
    if (operation === undefined) return answer;
    const described = operation.responses[String(answer.status)];
    if (described === undefined)
      throw new Error(`${method} ${path}: ${answer.status} is not in the document`);
    const [type = ''] = String(answer.headers['content-type']).split(';');
    const schema = described.content[type]?.schema;
    if (schema === undefined) throw new Error(`${method} ${path}: ${type} is not in the document`);
    const faults = faultsOf(answer.json as never, schema, this.document as never);
    if (faults.length > 0)
      throw new Error(`${method} ${path}: ${faults.join('; ')} in ${answer.text.slice(0, 500)}`);
    if (answer.status === 200) this.covered.add(`${method} ${route}`);
    return answer;
  }

  /** Publishes events and waits until the reactor has decided them. */
  async publish(token: string, events: readonly { tag: string; data?: unknown }[]): Promise<string[]> {
    const ids: string[] = [];
    for (const json of events) {
      const { status, json: told, text } = await this.ask('/v1/events', { token, json });
      if (status !== 200) throw new Error(text);
      ids.push((told as { id: string }).id);
    }
    const last = ids.at(-1);
    const decided = (): boolean => this.traces.of('event.decided').some(({ event }) => event === last);
    await this.traces.until(decided);
    return ids;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopReactor();
    await this.world[Symbol.asyncDispose]();
  }
}
