export { type EventLogOptions, openEventLog } from './event-log.ts';
export { type FolderLock, lockFolder } from './lock-folder.ts';
export { openReactorStore, type ReactorStoreOptions } from './reactor-store.ts';
export { openStore, type RangeOptions, type Store, type StoreChange } from './store.ts';
