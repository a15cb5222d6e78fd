import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventBus, memoryBus, memoryLog } from '../../../src/bus/index.ts';
import type { ReactorSettings, Settings } from '../../../src/config/index.ts';
import {
  type ControlPlane,
  type EventLog,
  type Outcome,
  type Reaction,
  type ReactorStore,
  type Telemetry,
  type TraceEvent,
} from '../../../src/core/index.ts';
import { openReactorStore } from '../../../src/journal/index.ts';
import { createReactor, type Reactor } from '../../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';

export function settingsOf(folder: string, reactor: Partial<ReactorSettings> = {}): Settings {
  return {
    file: null,
    dataDir: folder,
    sockDir: join(folder, 'run'),
    logLevel: 'silent',
    trace: null,
    eventBytesMax: 1 << 20,
    master: {} as Settings['master'],
    minion: { id: 'm1', grains: new Map() } as unknown as Settings['minion'],
    salt: {} as Settings['salt'],
    api: {} as Settings['api'],
    reactor: {
      reactors: [join(folder, 'reactors')],
      fileRoots: { base: [join(folder, 'srv')] },
      depthMax: 8,
      inFlightMax: 256,
      ruleConcurrency: 0,
      ruleBacklogMax: 1000,
      canaryIntervalMs: 0,
      jobLeaseMs: 300_000,
      attemptsMax: 3,
      retryBaseMs: 10,
      retryMaxMs: 50,
      renderStepsMax: 100_000,
      renderBytesMax: 1 << 20,
      saltCompat: 3008,
      environ: {},
      lookups: {
        allow: [],
        deny: [],
        timeoutMs: 2000,
        waitMs: 5000,
        cacheMs: 0,
        answerBytesMax: 1 << 16,
        roundsMax: 8,
        perEventMax: 8,
        waitingMax: 16,
        atOnceMax: 8,
        sdb: {},
      },
      keepDecisionsHours: 1,
      watch: false,
      ...reactor,
    },
  };
}

/** Two rules that watch `acme/*` and one that sends an event on. */
export const rules = `
rules:
  first:
    on: acme/*
    do:
      - runner.test.arg: {args: {n: '{{ data.n }}'}}
  second:
    on: acme/*
    if: data.n % 2 == 0
    do:
      - runner.test.even: {args: {n: '{{ data.n }}'}}
`;

export function writeRules(folder: string, text: string, name = 'rules.yaml'): void {
  mkdirSync(join(folder, 'reactors'), { recursive: true });
  writeFileSync(join(folder, 'reactors', name), text);
}

/** Executes nothing and remembers everything; `mode` says how it answers. */
export class RecordingPlane implements ControlPlane {
  readonly reactions: Reaction[] = [];
  readonly done = new Map<string, Reaction>();
  mode: 'done' | 'away' | 'silent' | 'refuse' = 'done';

  async submit(reactions: readonly Reaction[]): Promise<Outcome[]> {
    this.reactions.push(...reactions);
    if (this.mode === 'away') throw new Error('the plane is away');
    if (this.mode === 'silent') return new Promise(() => undefined);
    return reactions.map((reaction) => this.#outcome(reaction));
  }

  #outcome(reaction: Reaction): Outcome {
    if (this.mode === 'refuse') return { ok: false, retryable: false, reason: 'refused', message: 'not now' };
    const repeated = this.done.has(reaction.jid);
    this.done.set(reaction.jid, reaction);
    return { ok: true, repeated, jid: reaction.jid, detail: null };
  }
}

export class Traces implements Telemetry {
  readonly events: TraceEvent[] = [];
  #waiting: (() => void)[] = [];

  emit(event: TraceEvent): void {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  of<K extends TraceEvent['kind']>(kind: K): Extract<TraceEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
  }

  /** Resolves when the condition holds; it is looked at after each trace event. Gives up after 10 s. */
  async until(condition: () => boolean): Promise<void> {
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      for (const wake of this.#waiting.splice(0)) wake();
    }, 10_000);
    while (!late && !condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    clearTimeout(limit);
    if (late) throw new Error(`it did not happen; this did: ${JSON.stringify(this.events.slice(-10))}`);
  }
}

/** A log and its bus, which outlive the reactors that follow them. */
export function source(id = 'source01', eventsMax = 100_000): { log: EventLog; bus: EventBus } {
  const log = memoryLog({ id, eventsMax, clock: systemClock });
  return { log, bus: memoryBus(log, { clock: systemClock }) };
}

export interface Rig {
  readonly reactor: Reactor;
  readonly traces: Traces;
}

export async function startReactor(settings: Settings, bus: EventBus, plane: ControlPlane): Promise<Rig> {
  const traces = new Traces();
  const ids = systemIds(systemClock);
  const reactor = createReactor(settings, { clock: systemClock, ids, telemetry: traces, bus, plane });
  await reactor.start();
  return { reactor, traces };
}

export async function publish(bus: EventBus, numbers: readonly number[], tag = 'acme/x'): Promise<void> {
  await bus.publish(numbers.map((n) => ({ tag, data: new Map([['n', n]]) })));
}

/** Looks into the journal of a reactor that is not running. */
export async function inJournal<T>(folder: string, look: (store: ReactorStore) => T): Promise<T> {
  const store = await openReactorStore(join(folder, 'reactor'), {
    clock: systemClock,
    telemetry: { emit: () => undefined },
    keepDecisionsMs: 3_600_000,
  });
  try {
    return look(store);
  } finally {
    await store.close();
  }
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
