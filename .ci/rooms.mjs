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
  master: ['core', 'bus', 'journal', 'config'],
  minion: ['core', 'bus', 'journal', 'config'],
  client: ['core', 'bus', 'config', 'minion', 'system'],
  reactor: ['core', 'match', 'render', 'flow', 'rules', 'engine', 'bus', 'journal', 'dispatch', 'config'],
  cli: [
    'core', 'match', 'render', 'flow', 'rules', 'engine', 'bus', 'journal', 'dispatch', 'config',
    'telemetry', 'system', 'master', 'minion', 'client', 'reactor',
  ],
};

/** package → the only rooms that may touch it. */
export const packages = {
  minimatch: ['match'],
  nunjucks: ['render'],
  yaml: ['render', 'rules', 'config', 'cli', 'minion'],
  zeromq: ['bus'],
  msgpackr: ['bus', 'journal'],
  lmdb: ['journal'],
  zod: ['config'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  commander: ['cli'],
};

/** Rooms that compute and never touch the world: no node: module, no clock, no randomness. */
export const pureRooms = ['core', 'match', 'render', 'flow', 'engine'];

/** node: modules that a pure room may use all the same, because they only compute. */
export const pureNodeModules = ['node:crypto', 'node:buffer', 'node:util'];
