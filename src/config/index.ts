export type { ApiSettings, RawApi } from './api.ts';
export type { HookCheckKind, HookSettings, RawHook } from './hooks.ts';
export { configKeys, type LogLevel, type RawConfig } from './keys.ts';
export { type LoadedSettings, type LoadOptions, loadSettings } from './load.ts';
export type { Environment } from './paths.ts';
export { type RawSaltApi, type SaltApiSettings, saltApiPasswordVariable } from './salt-api.ts';
export type * from './settings.ts';
export type { TraceSettings } from './trace.ts';
