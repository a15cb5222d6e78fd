import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectLink, packValue, socketPath, unpackData, unpackValue } from '../../../src/bus/index.ts';
import { loadSettings } from '../../../src/config/index.ts';
import {
  type EventHead,
  formatProblem,
  mapOf,
  type Plain,
  type TraceEvent,
  toPlain,
  UndoList,
  type Value,
} from '../../../src/core/index.ts';
import { createReactor, type Reactor } from '../../../src/reactor/index.ts';
import {
  openSaltSource,
  readSaltMaster,
  type SaltMaster,
  type SaltPlane,
  type SaltSource,
  saltPlane,
  settingsBeside,
} from '../../../src/salt/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { eventually } from '../../support/brine.ts';
import type { SaltLab } from './lab.ts';
import { program } from './releases.ts';

export interface BesideOptions {
  /** SLS texts, by the tag glob that leads to them. */
  readonly reactor: Readonly<Record<string, string>>;
  readonly shadow?: boolean;
  readonly coalesceMs?: number;
  /** Names the data folder: the same name goes on where the last one stopped. */
  readonly name?: string;
  /** Beside the lab's minion instead of its master. */
  readonly minion?: boolean;
}

export interface Seen {
  readonly seq: number;
  readonly tag: string;
  readonly data: Record<string, Plain>;
  readonly head: EventHead;
}

type Decisions = { rule: string; verdict: string; event: string; tag: string; reactions: Reacted[] }[];
interface Reacted {
  id: string;
  outcome?: { ok: boolean; jid: string; repeated: boolean; detail: Record<string, Plain> };
}

/** A reactor of Brine's in this process, beside the Salt master of a lab, set up as the command line does it. */
export class Beside implements AsyncDisposable {
  readonly salt: SaltMaster;
  readonly source: SaltSource;
  readonly plane: SaltPlane;
  readonly reactor: Reactor;
  readonly traces: TraceEvent[] = [];
  readonly #undo: UndoList;
  readonly #sockDir: string;

  private constructor(
    parts: { salt: SaltMaster; source: SaltSource; plane: SaltPlane; reactor: Reactor; sockDir: string },
    undo: UndoList,
    traces: TraceEvent[],
  ) {
    this.salt = parts.salt;
    this.source = parts.source;
    this.plane = parts.plane;
    this.reactor = parts.reactor;
    this.#sockDir = parts.sockDir;
    this.#undo = undo;
    this.traces = traces;
  }

  /** Resolves when the bus is read and the framing for firing is known. */
  static async start(lab: SaltLab, options: BesideOptions): Promise<Beside> {
    const name = options.name ?? 'brine';
    const salt = readSaltMaster(configOf(lab, name, options));
    const loaded = loadSettings({ dataDir: lab.path(name), env: {}, cwd: lab.dir });
    if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
    const settings = settingsBeside(loaded.settings, salt);
    const undo = new UndoList();
    const traces: TraceEvent[] = [];
    const telemetry = { emit: (event: TraceEvent): void => void traces.push(event) };
    const ids = systemIds(systemClock);
    const source = await openSaltSource({
      salt,
      folder: join(settings.dataDir, 'salt'),
      clock: systemClock,
      ids,
      telemetry,
      retentionMs: 3_600_000,
      retentionBytes: 1 << 30,
      eventBytesMax: settings.eventBytesMax,
      queueEventsMax: 50_000,
      peerEvents: false,
      probes: options.shadow !== true,
    });
    undo.add('source', () => source.stop());
    const saltCall = [program(lab.release, 'salt-call'), '-c', lab.minionDir];
    const plane = saltPlane({
      salt,
      source,
      clock: systemClock,
      ids,
      coalesceMs: options.coalesceMs ?? 0,
      saltCall,
    });
    undo.add('plane', () => plane.close());
    const shadow = options.shadow === true;
    const deps = {
      clock: systemClock,
      ids,
      telemetry,
      bus: source.bus,
      plane,
      shadow,
      about: () => source.status(),
    };
    const reactor = createReactor(settings, deps);
    undo.add('reactor', () => reactor.stop());
    await reactor.start();
    source.start();
    const beside = new Beside({ salt, source, plane, reactor, sockDir: settings.sockDir }, undo, traces);
    await beside.connected(options.shadow !== true);
    return beside;
  }

  async connected(fires = true): Promise<void> {
    await eventually(
      () => {
        const status = this.source.status();
        return status.get('connected') === true && (!fires || status.get('fires') !== null)
          ? true
          : undefined;
      },
      'a connection to the Salt bus',
      15_000,
    );
  }

  /** What the source's log holds. */
  events(fits: (tag: string) => boolean = () => true): Seen[] {
    const { log } = this.source;
    const found: Seen[] = [];
    for (const { firstSeq, tags, bodies, heads } of log.read(1, 1 << 30))
      tags.forEach((tag, i) => {
        if (!fits(tag)) return;
        const data = toPlain(unpackData(bodies[i] as Uint8Array)) as Record<string, Plain>;
        found.push({ seq: firstSeq + i, tag, data, head: heads?.[i] ?? {} });
      });
    return found;
  }

  /** The first event that fits, when it has come. */
  async event(fits: (event: Seen) => boolean, what: string, timeoutMs = 20_000): Promise<Seen> {
    return eventually(() => this.events().find(fits), what, timeoutMs).catch((error: Error) => {
      const tags = this.events().map(({ tag }) => tag);
      const traces = this.traces.filter(({ kind }) => /reaction|rules|unexpected|master/.test(kind));
      throw new Error(`${error.message}\n${tags.join('\n')}\n${JSON.stringify(traces.slice(-20))}`);
    });
  }

  async fire(tag: string, data: Record<string, Value>): Promise<void> {
    const stamp = new Date().toISOString();
    await this.source.sender.send(tag, packed({ ...data, _stamp: stamp }), {});
  }

  /** What `brine status --decisions` shows, oldest first. */
  async decisions(): Promise<Decisions> {
    const link = connectLink({
      endpoint: `ipc://${socketPath(this.#sockDir, 'reactor')}`,
      clock: systemClock,
    });
    try {
      const reply = await link.request('decisions', packValue(mapOf({ limit: 10_000 })), 10_000);
      return (toPlain(unpackValue(reply)) as unknown as Decisions).toReversed();
    } finally {
      await link.close();
    }
  }

  async stop(): Promise<void> {
    await this.#undo.run(systemClock, 15_000);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

export function jidOf({ data }: Seen): string {
  return textOf(data['jid']);
}

export function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

function packed(data: Record<string, Value>): Uint8Array {
  return packValue(mapOf(data));
}

/** The master's own configuration with a `reactor` that Salt itself does not see, so that only Brine reacts. */
function configOf(lab: SaltLab, name: string, { reactor, minion = false }: BesideOptions): string {
  const daemon = minion ? 'minion' : 'master';
  const folder = lab.path(`${name}.conf`);
  mkdirSync(join(folder, `${daemon}.d`), { recursive: true });
  const map = Object.entries(reactor).map(([glob, text], i) => {
    const file = join(folder, `${i}.sls`);
    writeFileSync(file, text);
    return { [glob]: [file] };
  });
  writeFileSync(join(folder, daemon), JSON.stringify(minion ? lab.minionOptions : lab.options));
  writeFileSync(join(folder, `${daemon}.d`, 'reactor.conf'), JSON.stringify({ reactor: map }));
  return join(folder, daemon);
}
