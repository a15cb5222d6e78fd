export { openEventLog } from './event-log.ts';
export { lockFolder } from './lock-folder.ts';
export { openReactorStore } from './reactor-store.ts';
export { openStore, type Store, type StoreChange } from './store.ts';
