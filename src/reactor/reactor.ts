import { join } from 'node:path';
import {
  bindLink,
  connectBus,
  connectLink,
  type EventBus,
  ensureSocketFolder,
  type LinkClient,
  serveMetrics,
  socketPath,
} from '../bus/index.ts';
import type { Settings } from '../config/index.ts';
import {
  type Clock,
  type ControlPlane,
  type Ids,
  type Lookups,
  mapOf,
  problemToValue,
  type Queue,
  queueToValue,
  type ReactorStore,
  reportQueues,
  type Telemetry,
  UndoList,
  type ValueMap,
} from '../core/index.ts';
import { createDispatcher, type Dispatcher } from '../dispatch/index.ts';
import { lockFolder, openReactorStore } from '../journal/index.ts';
import type { RuleFiles } from '../rules/index.ts';
import { type AdminParts, serveAdmin } from './admin.ts';
import { brinePlane } from './brine-plane.ts';
import { Canary } from './canary.ts';
import { DeadLetters } from './dead-letters.ts';
import { Follower } from './follower.ts';
import { Health } from './health.ts';
import { brineLookups } from './lookups/ask.ts';
import { sdbOf } from './lookups/sdb.ts';
import { Progress } from './progress.ts';
import { ageOf, reactorQueues } from './queues.ts';
import { diskRuleFiles } from './rule-files.ts';
import { type ReloadResult, RuleHolder } from './rule-holder.ts';
import { shadowPlane, shadowStore } from './shadow.ts';
import { watchFiles } from './watch-files.ts';

export interface ReactorDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** The bus to follow; the master of this data folder unless given. */
  readonly bus?: EventBus;
  /** Whether canary events may be published on the bus that is given; those on the own master's always may. */
  readonly canary?: boolean;
  /** Who executes reactions; the same master unless given. */
  readonly plane?: ControlPlane;
  /** Who answers what templates ask, instead of the master and `host`. */
  readonly lookups?: Lookups;
  /** The functions of a minion, which run on this host for templates that ask them. */
  readonly host?: Lookups;
  /** What is known of this host, for templates. */
  readonly grains?: () => ValueMap;
  /** Where rules are read; the disk unless given. */
  readonly files?: RuleFiles;
  /** Decide and record, and do not act. */
  readonly shadow?: boolean;
  /** What the status says of the bus, when it is not our own master's. */
  readonly about?: () => ValueMap;
  /** Further verbs of the admin socket, about that bus. */
  readonly verbs?: AdminParts['verbs'];
}

export interface Reactor {
  /**
   * Resolves when the reactor follows its bus; when the bus cannot be reached within a few seconds, it
   * resolves too and the reactor goes on trying. Throws DATA_DIR_IN_USE, JOURNAL_DAMAGED and what a link throws.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Compiles the reactor files again; on errors the last good rules stay in force. */
  reload(): Promise<ReloadResult>;
  status(): ValueMap;
}

const stopMs = 10_000;
const lastOutcomesMs = 3000;
const firstContactMs = 5000;
const adminBytesMax = 4 << 20;

/** The reactor as a library: events of a bus in, reactions out. */
export function createReactor(settings: Settings, deps: ReactorDeps): Reactor {
  return new ReactorProcess(settings, deps);
}

interface Parts {
  readonly store: ReactorStore;
  readonly dispatcher: Dispatcher;
  readonly progress: Progress;
  readonly bus: EventBus;
  readonly health: Health;
}

class ReactorProcess implements Reactor {
  readonly #settings: Settings;
  readonly #deps: ReactorDeps;
  readonly #undo = new UndoList();
  #rules: RuleHolder | undefined;
  #parts: Parts | undefined;
  #follower: Follower | undefined;

  constructor(settings: Settings, deps: ReactorDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.stop().catch(() => undefined);
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { clock, telemetry, ids, files = diskRuleFiles } = this.#deps;
    const opened = await this.#openStore();
    const shadow = this.#deps.shadow === true;
    const store = shadow ? shadowStore(opened, () => clock.nowMs()) : opened;
    const rules = new RuleHolder(this.#settings, files, telemetry, this.#deps.grains);
    this.#rules = rules;
    const progress = new Progress(clock, telemetry, store);
    const link = this.#connect(progress);
    const bus = this.#deps.bus ?? connectBus(link(), { clock });
    const plane = shadow ? shadowPlane : (this.#deps.plane ?? brinePlane(link()));
    const { ruleBacklogMax, jobLeaseMs } = this.#settings.reactor;
    const dispatcher = createDispatcher({
      ...this.#settings.reactor,
      backlogMax: ruleBacklogMax,
      leaseMs: jobLeaseMs,
      limitOf: (rule) => rules.limitOf(rule),
      limitedRules: () => rules.limitedRules(),
      store,
      plane,
      clock,
      ids,
      telemetry,
    });
    this.#undo.add('dispatch', () => this.#stopDispatch(dispatcher));
    const { canary, health } = this.#openHealth(bus, store, dispatcher, progress);
    this.#parts = { store, dispatcher, progress, bus, health };
    dispatcher.start();
    const follower = new Follower({
      bus: canary.watched(),
      store,
      dispatcher,
      clock,
      ids,
      telemetry,
      progress,
      lookups: this.#deps.lookups ?? this.#lookups(link),
      lookupSettings: this.#settings.reactor.lookups,
      traceShare: this.#settings.trace === null ? 0 : this.#settings.trace.sample,
      ruleSet: () => rules.ruleSet,
    });
    this.#follower = follower;
    this.#undo.add('following the bus', () => follower.stop());
    follower.start();
    canary.start();
    health.start();
    this.#undo.add(
      'queue reports',
      reportQueues('reactor', () => this.#queues(), this.#deps),
    );
    await this.#openAdmin(rules);
    this.#watch(rules);
    await this.#firstContact(progress);
    const { hash } = rules.ruleSet;
    telemetry.emit({ kind: 'process.ready', role: 'reactor', fields: { rule_set: hash } });
  }

  async stop(): Promise<void> {
    await this.#undo.run(this.#deps.clock, stopMs);
  }

  async reload(): Promise<ReloadResult> {
    if (this.#rules === undefined) throw new Error('the reactor has not been started');
    return this.#rules.reload();
  }

  status(): ValueMap {
    if (this.#parts === undefined || this.#rules === undefined) return mapOf({ running: false });
    const { store, dispatcher, progress, health } = this.#parts;
    const { ready, waiting, inFlight, settled, retried, dead, outage, oldestJid, slowRules } =
      dispatcher.status();
    return new Map([
      ['health', health.toValue()],
      ...mapOf({
        rule_set: this.#rules.ruleSet.hash,
        rules: this.#rules.ruleSet.rules.length,
        files: this.#rules.ruleSet.files.length,
        last_load: this.#rules.isRefused ? 'refused' : 'taken',
        problems: this.#rules.problems.map(problemToValue),
      }),
      ...progress.toValue(),
      ['waiting_for_answers', this.#follower?.waiting ?? 0],
      ...mapOf({
        outbox: store.outboxSize(),
        oldest_seconds: oldestJid === null ? null : ageOf(oldestJid, this.#deps.clock.nowMs()),
        ready,
        waiting,
        in_flight: inFlight,
        settled,
        retried,
        died: dead,
        dead_letters: store.deadLettersSize(),
        slow_rules: slowRules.length === 0 ? undefined : [...slowRules],
        queues: this.#queues().map(queueToValue),
        outage: outage ?? undefined,
        shadow: this.#deps.shadow === true ? true : undefined,
        bus: this.#deps.about?.(),
      }),
    ]);
  }

  #queues(): Queue[] {
    if (this.#parts === undefined) return [];
    const { ruleBacklogMax } = this.#settings.reactor;
    return reactorQueues({
      ...this.#parts,
      clock: this.#deps.clock,
      askers: this.#follower?.waiting ?? 0,
      ruleBacklogMax,
    });
  }

  #openHealth(
    bus: EventBus,
    store: ReactorStore,
    dispatcher: Dispatcher,
    progress: Progress,
  ): { canary: Canary; health: Health } {
    const { clock, telemetry, ids } = this.#deps;
    const mayPublish = this.#deps.bus === undefined || this.#deps.canary === true;
    const intervalMs = mayPublish ? this.#settings.reactor.canaryIntervalMs : 0;
    const ports = { bus, store, dispatcher, progress, clock, telemetry };
    const canary = new Canary({ ...ports, intervalMs, id: ids.random(4) });
    const health = new Health({
      ...ports,
      canary: intervalMs > 0 ? canary : null,
      canaryIntervalMs: intervalMs,
    });
    progress.whenStored((nextSeq) => canary.stored(nextSeq));
    this.#undo.add('the canary', () => {
      health.stop();
      canary.stop();
    });
    return { canary, health };
  }

  #lookups(link: () => LinkClient): Lookups {
    const sdb = sdbOf(this.#settings.reactor.lookups.sdb, process.env);
    return brineLookups({ link, host: this.#deps.host, sdb });
  }

  async #openStore(): Promise<ReactorStore> {
    const { clock, telemetry } = this.#deps;
    const folder = join(this.#settings.dataDir, 'reactor');
    const lock = await lockFolder(folder, 'reactor');
    this.#undo.add('the lock', () => lock.release());
    const keepDecisionsMs = this.#settings.reactor.keepDecisionsHours * 3_600_000;
    const store = await openReactorStore(folder, { clock, telemetry, keepDecisionsMs });
    this.#undo.add('the journal', () => store.close());
    return store;
  }

  /** A link to the master, made when the first part asks for it. */
  #connect(progress: Progress): () => LinkClient {
    let link: LinkClient | undefined;
    return () => {
      if (link === undefined) {
        const { clock, telemetry } = this.#deps;
        const endpoint = `ipc://${socketPath(this.#settings.sockDir, 'master')}`;
        const made = connectLink({ endpoint, clock, telemetry });
        made.onStatus((status) => (status.kind === 'lost' ? progress.lost(status.reason) : progress.back()));
        this.#undo.add('the link to the master', () => made.close());
        link = made;
      }
      return link;
    };
  }

  /** Outcomes that come soon are recorded; the others are asked for again at the next start. */
  async #stopDispatch(dispatcher: Dispatcher): Promise<void> {
    const { clock } = this.#deps;
    await new Promise<void>((resolve, reject) => {
      const cancel = clock.after(lastOutcomesMs, resolve);
      dispatcher.stop().finally(cancel).then(resolve, reject);
    });
  }

  async #openAdmin(rules: RuleHolder): Promise<void> {
    const { clock, telemetry } = this.#deps;
    const { sockDir } = this.#settings;
    const parts = this.#parts;
    if (parts === undefined) return;
    ensureSocketFolder(sockDir);
    const endpoints = [`ipc://${socketPath(sockDir, 'reactor')}`];
    const link = await bindLink({ endpoints, bytesMax: adminBytesMax, telemetry, clock });
    this.#undo.add('the admin socket', () => link.close());
    serveMetrics(link, telemetry);
    serveAdmin(link, {
      verbs: this.#deps.verbs,
      store: parts.store,
      rules,
      deadLetters: new DeadLetters(parts.store, parts.dispatcher),
      health: () => parts.health.toValue(),
      reload: () => this.reload(),
      status: async () => {
        const end = await parts.bus.info().catch(() => undefined);
        if (end !== undefined) parts.progress.sawEnd(end.logId, end.nextSeq);
        return this.status();
      },
    });
    link.accept();
  }

  #watch(rules: RuleHolder): void {
    if (!this.#settings.reactor.watch) return;
    const { clock, telemetry, files = diskRuleFiles } = this.#deps;
    const { reactors, fileRoots } = this.#settings.reactor;
    const roots = [...reactors, ...Object.values(fileRoots).flat()];
    const update = (): void =>
      watching.update(
        roots.filter((path) => isFolder(files, path)),
        rules.files,
      );
    const watching = watchFiles(
      () => {
        rules.reload();
        update();
      },
      clock,
      telemetry,
    );
    this.#undo.add('watching reactor files', () => watching.close());
    update();
  }

  #firstContact(progress: Progress): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(firstContactMs, resolve);
      progress.whenConnected(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** A folder that may not be read cannot be watched either; loading the rules tells of it. */
function isFolder(files: RuleFiles, path: string): boolean {
  try {
    return files.isFolder(path);
  } catch {
    return false;
  }
}
