// The rooms of src/ and who may know whom. docs/ARCHITECTURE.md prints this table; oxlint enforces it.

/** room → the rooms it may import (always through their index.ts). */
export const rooms = {
  core: [],
  match: ['core'],
  render: ['core'],
  flow: ['core'],
  rules: ['core', 'match', 'render', 'flow'],
  engine: ['core', 'rules', 'flow'],
  bus: ['core'],
  journal: ['core'],
  dispatch: ['core', 'journal'],
  config: ['core'],
  telemetry: ['core'],
  system: ['core'],
  master: ['core', 'match', 'bus', 'journal', 'config'],
  minion: ['core', 'bus', 'journal', 'config'],
  client: ['core', 'match', 'bus', 'config', 'minion', 'system'],
  salt: ['core', 'match', 'render', 'bus', 'journal', 'dispatch', 'config'],
  http: ['core', 'match', 'render', 'bus', 'journal', 'config', 'client'],
  reactor: ['core', 'match', 'render', 'flow', 'rules', 'engine', 'bus', 'journal', 'dispatch', 'config'],
  cli: [
    'core', 'match', 'render', 'flow', 'rules', 'engine', 'bus', 'journal', 'dispatch', 'config',
    'telemetry', 'system', 'master', 'minion', 'client', 'salt', 'http', 'reactor',
  ],
};

/** room → what it is for, in one line. */
export const purposes = {
  core: 'the words as types: values, events, actions, decisions, problems, errors; the ports',
  match: 'tag → rules: Python\'s fnmatch, and an index in front of it',
  render: 'template + values → values, or problems: Jinja\'s language, Salt\'s YAML, prepared templates',
  flow: 'may this happen: the loop guard',
  rules: 'reactor files → rule set: Salt\'s `reactor:` and SLS, native rules, lint',
  engine: '`decide`: event + rule set → decisions; explain',
  bus: 'events on wires: codec, links over ZeroMQ, CURVE and ZAP, memory',
  journal: 'what is durable: event log, decisions, outbox, cursors, tables',
  dispatch: 'outbox → control plane: attempts, retry, dead letters',
  config: 'settings → checked, frozen',
  telemetry: 'trace events → log lines and metrics',
  system: 'the machine\'s clock and ids',
  master: 'keys, minions, jobs, runners, wheels, the master\'s bus',
  minion: 'functions, own modules, returns, spool, the minion\'s bus',
  client: 'what a script uses: connect, LocalClient, RunnerClient, Caller',
  salt: 'a real Salt master: its events as source, its request server and its API as control plane, doctor, diff',
  http: 'the REST API: salt-api as clients know it, event streams, hooks, users and tokens',
  reactor: 'the process: source → engine → journal → dispatch; reload',
  cli: 'argv in, exit code out',
};

/** package → the only rooms that may touch it. */
export const packages = {
  minimatch: ['match'],
  nunjucks: ['render'],
  jmespath: ['render'],
  'smol-toml': ['render'],
  'ipaddr.js': ['render'],
  yaml: ['render', 'rules', 'config', 'cli', 'minion', 'http', 'salt'],
  zeromq: ['bus'],
  msgpackr: ['bus', 'journal'],
  lmdb: ['journal'],
  zod: ['config'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  '@opentelemetry': ['telemetry'],
  fastify: ['http'],
  '@fastify': ['http'],
  'eventsource-parser': ['bus', 'salt'],
  commander: ['cli'],
};

/** Rooms that compute and never touch the world: no node: module, no clock, no randomness. */
export const pureRooms = ['core', 'match', 'render', 'flow', 'engine'];

/** node: modules that a pure room may use all the same, because they only compute. */
export const pureNodeModules = ['node:crypto', 'node:buffer', 'node:util'];
