export { openEventLog } from './event-log.ts';
export { lockFolder } from './lock-folder.ts';
export { type LoggedStore, openLoggedStore } from './logged-store.ts';
export { openReactorStore } from './reactor-store.ts';
export { openStore, type Store, type StoreChange } from './store.ts';
