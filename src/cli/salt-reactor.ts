import { join } from 'node:path';
import { type Telemetry, UndoList, type ValueMap } from '../core/index.ts';
import { collectGrains, createCaller } from '../minion/index.ts';
import { createReactor, type Reactor } from '../reactor/index.ts';
import { yamlifyArg } from '../render/index.ts';
import {
  answerManagement,
  callToValue,
  openSaltSource,
  readKey,
  readSaltMaster,
  type SaltMaster,
  type SaltSource,
  saltPlane,
  seenCalls,
  settingsBeside,
} from '../salt/index.ts';
import { systemClock, systemIds } from '../system/index.ts';
import type { Context } from './context.ts';
import { askReactor } from './reactor-link.ts';
import { saltLookups } from './salt-lookups.ts';
import type { RoleService } from './services.ts';

const stopMs = 15_000;
/** Calls in one answer. */
const callsAtOnce = 2000;
const hourMs = 3_600_000;
/** Salt shortens what is larger than its `max_event_size` as far as it can, and then sends it whatever its size. */
const saltEventBytes = 32 << 20;

/** The reactor beside the Salt master whose configuration file is given. */
export function createSaltReactor(
  context: Context,
  telemetry: Telemetry,
  options: { readonly salt: string; readonly shadow: boolean },
): RoleService {
  return new SaltReactor(context, telemetry, options);
}

class SaltReactor implements RoleService {
  readonly name = 'reactor';
  readonly #context: Context;
  readonly #telemetry: Telemetry;
  readonly #options: { readonly salt: string; readonly shadow: boolean };
  readonly #undo = new UndoList();
  #reactor: Reactor | undefined;

  constructor(
    context: Context,
    telemetry: Telemetry,
    options: { readonly salt: string; readonly shadow: boolean },
  ) {
    this.#context = context;
    this.#telemetry = telemetry;
    this.#options = options;
  }

  get reactor(): Reactor | undefined {
    return this.#reactor;
  }

  /** Throws BAD_CONFIG and what a reactor's start throws; whoever started it stops it then. */
  async start(): Promise<void> {
    const { shadow } = this.#options;
    const salt = readSaltMaster(this.#options.salt);
    const settings = settingsBeside(this.#context.settings, salt);
    const ids = systemIds(systemClock);
    const source = await this.#openSource(salt);
    this.#undo.add('the Salt bus', () => source.stop());
    const plane = saltPlane({
      salt,
      source,
      clock: systemClock,
      ids,
      coalesceMs: settings.salt.coalesceMs,
      saltCall: settings.salt.callCommand,
    });
    this.#undo.add('the Salt master', () => plane.close());
    const deps = { clock: systemClock, ids, telemetry: this.#telemetry };
    const caller = createCaller(settings, { ...deps, parseArgument: yamlifyArg });
    this.#undo.add('functions for templates', () => caller.close());
    const reactor = createReactor(settings, {
      ...deps,
      bus: source.bus,
      plane,
      lookups: saltLookups(
        { salt, asking: plane.asking, book: source.book, clock: systemClock },
        caller,
        settings,
      ),
      grains: () => collectGrains(settings.minion),
      shadow,
      about: () => aboutSalt(salt, source),
      verbs: {
        'salt.calls': (ask) =>
          seenCalls(source.log, Number(ask.get('from') ?? 1), callsAtOnce).map(callToValue),
        'salt.master': () => salt.file,
      },
    });
    this.#reactor = reactor;
    this.#undo.add('the reactor', () => reactor.stop());
    await reactor.start();
    this.#answerManagement(salt, source);
    source.start();
  }

  async stop(): Promise<void> {
    await this.#undo.run(systemClock, stopMs);
  }

  /** A reactor in the shadow leaves the answers to the reactor that acts. */
  #answerManagement(salt: SaltMaster, source: SaltSource): void {
    if (this.#options.shadow) return;
    const answers = answerManagement({
      bus: source.bus,
      send: (tag, data) => source.sender.send(tag, data, {}),
      key: () => readKey(salt),
      ask: (verb, payload) => askReactor(this.#context, verb, payload),
      stampForm: () => source.stampForm(),
      clock: systemClock,
      telemetry: this.#telemetry,
    });
    this.#undo.add('reactor management', () => Promise.resolve(answers.close()));
  }

  #openSource(salt: SaltMaster): Promise<SaltSource> {
    const { dataDir, eventBytesMax, master, salt: own } = this.#context.settings;
    return openSaltSource({
      salt,
      folder: join(dataDir, 'salt'),
      clock: systemClock,
      ids: systemIds(systemClock),
      telemetry: this.#telemetry,
      retentionMs: master.retentionHours * hourMs,
      retentionBytes: master.retentionBytes,
      eventBytesMax: Math.max(eventBytesMax, saltEventBytes),
      queueEventsMax: master.queueEventsMax,
      peerEvents: own.clusterEvents,
      probes: !this.#options.shadow,
    });
  }
}

function aboutSalt(salt: SaltMaster, source: SaltSource): ValueMap {
  return new Map([['salt_master', salt.file], ...source.status()]);
}
