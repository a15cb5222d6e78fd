import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fromPlain, messageOf, type Problem, type ValueMap } from '../core/index.ts';
import { apiSettings } from './api.ts';
import { configKeys, type RawConfig } from './keys.ts';
import {
  defaultDataDir,
  defaultModulesDir,
  defaultReactors,
  defaultSockDir,
  type Environment,
  resolvePath,
} from './paths.ts';
import { saltApiSettings } from './salt-api.ts';
import type {
  LookupSettings,
  MasterSettings,
  MinionSettings,
  ReactorSettings,
  Settings,
} from './settings.ts';
import { type ConfigSource, readSource } from './source.ts';
import { traceSettings } from './trace.ts';
import { validate } from './validate.ts';

export interface LoadOptions {
  /** The configuration file; without it `BRINE_CONFIG`, and without that defaults. */
  readonly file?: string | undefined;
  /** Wins over `BRINE_DATA_DIR` and the file's `data_dir`. */
  readonly dataDir?: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  /** Keys as in the file, which win over it; paths are relative to `cwd`. */
  readonly overrides?: Partial<RawConfig>;
}

export type LoadedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads the configuration. Everything that is wrong with it comes back at once; nothing is thrown. */
export function loadSettings(options: LoadOptions): LoadedSettings {
  const named = options.file ?? (options.env['BRINE_CONFIG'] || undefined);
  const file = named === undefined ? null : resolve(options.cwd, named);
  const read = file === null ? nothing : readFile(file);
  const fromFile = read.problems.length > 0 ? { config: {}, problems: read.problems } : validate(read.source);
  const given = validate(valueSource('command line', options.overrides ?? {}));
  const problems = [...fromFile.problems, ...given.problems];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: compile(fromFile.config, given.config, file, options) };
}

const nothing = { source: valueSource('', null), problems: [] as Problem[] };

/** Values that come from no file. */
function valueSource(file: string, value: unknown): ConfigSource {
  return { file, value, place: () => ({ file, line: 1, column: 1 }) };
}

function readFile(file: string): { source: ConfigSource; problems: Problem[] } {
  try {
    return readSource(file, readFileSync(file, 'utf8'));
  } catch (error) {
    const problem: Problem = {
      file,
      line: 1,
      column: 1,
      code: 'CONFIG_UNREADABLE',
      severity: 'error',
      message: `The configuration cannot be read: ${messageOf(error)}.`,
      hint: 'Brine runs without one; --config and BRINE_CONFIG name it.',
    };
    return { source: valueSource(file, null), problems: [problem] };
  }
}

/** Looks a value up: given, else in the file, else the table's own. */
type Lookup = <K extends keyof RawConfig>(key: K) => RawConfig[K];

function compile(
  config: Partial<RawConfig>,
  given: Partial<RawConfig>,
  file: string | null,
  options: LoadOptions,
): Settings {
  const { env, cwd } = options;
  const at: Lookup = (key) => (given[key] ?? config[key] ?? configKeys[key].fallback) as never;
  const base = file === null ? cwd : dirname(file);
  const path = (key: keyof RawConfig): string | undefined => {
    if (given[key] !== undefined) return resolvePath(given[key] as string, cwd, env);
    return config[key] === undefined ? undefined : resolvePath(config[key] as string, base, env);
  };
  const dataDir = dataDirOf(options, path('data_dir'));
  const reactor = reactorSettings(at, given, { base, cwd, env });
  const reactorsAreNamed = (given.reactors ?? config.reactors) !== undefined;
  return deepFreeze({
    file,
    dataDir,
    sockDir: path('sock_dir') ?? defaultSockDir(dataDir, env),
    logLevel: at('log_level'),
    eventBytesMax: at('max_event_size'),
    trace: traceSettings(at('trace') ?? null, env),
    master: masterSettings(at),
    minion: minionSettings(at, path('modules_dir') ?? defaultModulesDir(cwd, dataDir)),
    reactor,
    salt: {
      reactors: reactorsAreNamed ? reactor.reactors : [],
      sockets: at('salt_sockets'),
      coalesceMs: at('salt_coalesce') * 1000,
      clusterEvents: at('salt_cluster_events'),
      callCommand: at('salt_call_command'),
      saltApi: saltApiSettings(
        at('salt_api') ?? null,
        (path) => resolvePath(path, given.salt_api === undefined ? base : cwd, env),
        env,
      ),
    },
    api: apiSettings(
      at('api') ?? null,
      (path) => resolvePath(path, given.api === undefined ? base : cwd, env),
      env,
    ),
  });
}

function dataDirOf(options: LoadOptions, configured: string | undefined): string {
  if (options.dataDir !== undefined) return resolvePath(options.dataDir, options.cwd, options.env);
  const fromEnv = options.env['BRINE_DATA_DIR'];
  if (fromEnv) return resolvePath(fromEnv, options.cwd, options.env);
  return configured ?? defaultDataDir(options.env);
}

function ownId(at: Lookup): string {
  return at('id') ?? (hostname().toLowerCase() || 'localhost');
}

function masterSettings(at: Lookup): MasterSettings {
  return {
    id: `${ownId(at)}_master`,
    interface: at('interface'),
    port: at('port'),
    enrolPort: at('enrol_port'),
    autoAccept: at('auto_accept'),
    nodegroups: at('nodegroups'),
    timeoutS: at('timeout'),
    gatherJobTimeoutS: at('gather_job_timeout'),
    presenceIntervalS: at('presence_interval'),
    presenceEvents: at('presence_events'),
    jobLeaseMs: at('job_lease') * 1000,
    keepJobsHours: at('keep_jobs'),
    retentionHours: at('event_retention_hours'),
    retentionBytes: at('event_retention_bytes'),
    queueEventsMax: at('event_queue_max'),
  };
}

function minionSettings(at: Lookup, modulesDir: string): MinionSettings {
  return {
    id: ownId(at),
    master: at('master'),
    masterPort: at('master_port'),
    masterEnrolPort: at('master_enrol_port'),
    masterFinger: at('master_finger'),
    modulesDir,
    saltCall: at('salt_call'),
    grains: fromPlain(at('grains')) as ValueMap,
    acceptanceWaitS: at('acceptance_wait'),
    jobsMax: at('jobs_max'),
  };
}

function reactorSettings(
  at: Lookup,
  given: Partial<RawConfig>,
  place: { base: string; cwd: string; env: Environment },
): ReactorSettings {
  const { cwd, env } = place;
  const base = given.reactors === undefined ? place.base : cwd;
  const listed = at('reactors') ?? defaultReactors(cwd);
  const reactors = (typeof listed === 'string' ? [listed] : listed).map((path) =>
    resolvePath(path, base, env),
  );
  const rootsBase = given.file_roots === undefined ? place.base : cwd;
  const roots = at('file_roots');
  return {
    reactors,
    fileRoots: Object.fromEntries(
      Object.entries(roots).map(([name, folders]) => [
        name,
        folders.map((folder) => resolvePath(folder, rootsBase, env)),
      ]),
    ),
    depthMax: at('reactor_depth_max'),
    inFlightMax: at('reactor_in_flight_max'),
    ruleConcurrency: at('reactor_rule_concurrency'),
    ruleBacklogMax: at('reactor_rule_backlog'),
    attemptsMax: at('reactor_attempts_max'),
    retryBaseMs: at('reactor_retry_base') * 1000,
    retryMaxMs: at('reactor_retry_max') * 1000,
    renderStepsMax: at('render_steps_max'),
    renderBytesMax: at('render_bytes_max'),
    saltCompat: at('salt_compat'),
    environ: Object.fromEntries(
      at('template_environ').flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    ),
    lookups: lookupSettings(at, (path) => resolvePath(path, given.sdb === undefined ? place.base : cwd, env)),
    keepDecisionsHours: at('keep_decisions'),
    watch: at('reactor_watch'),
    canaryIntervalMs: at('canary_interval') * 1000,
    jobLeaseMs: at('job_lease') * 1000,
  };
}

function lookupSettings(at: Lookup, absolute: (path: string) => string): LookupSettings {
  return {
    allow: at('lookup_allow'),
    deny: at('lookup_deny'),
    timeoutMs: at('lookup_timeout') * 1000,
    waitMs: at('lookup_wait') * 1000,
    cacheMs: at('lookup_cache') * 1000,
    answerBytesMax: at('lookup_answer_max'),
    roundsMax: at('lookup_rounds_max'),
    perEventMax: at('lookups_per_event_max'),
    waitingMax: at('lookups_waiting_max'),
    atOnceMax: at('lookups_at_once_max'),
    sdb: Object.fromEntries(
      Object.entries(at('sdb')).map(([name, profile]) => [
        name,
        profile.driver === 'env' ? profile : { ...profile, files: profile.files.map(absolute) },
      ]),
    ),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Map)) {
    for (const item of Object.values(value)) deepFreeze(item);
    Object.freeze(value);
  }
  return value;
}
