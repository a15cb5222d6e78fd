import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Clock, messageOf, type Telemetry } from '../core/index.ts';

const debounceMs = 200;
const ruleFile = /\.(ya?ml|sls)$/;

export interface FileWatch {
  /** Watches these folders, and these files in whatever folder, from now on. */
  update(folders: Iterable<string>, files: Iterable<string>): void;
  close(): void;
}

/**
 * Calls when reactor files have changed and have been quiet for a moment. It watches folders, not files:
 * editors replace a file by a new one of the same name, and a watch of the old one would see nothing more.
 */
export function watchFiles(changed: () => void, clock: Clock, telemetry: Telemetry): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  let known = new Set<string>();
  let cancel: () => void = () => undefined;

  const notice = (name: string | null): void => {
    if (name !== null && !ruleFile.test(name) && !known.has(name)) return;
    cancel();
    cancel = clock.after(debounceMs, changed);
  };

  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  const add = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => notice(name));
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      const message = `${folder} cannot be watched: ${messageOf(error)}`;
      telemetry.emit({ kind: 'unexpected', where: 'watching reactor files', message });
    }
  };

  return {
    update: (folders, files) => {
      const paths = [...files];
      known = new Set(paths.map((path) => basename(path)));
      const wanted = new Set([...folders, ...paths.map((path) => dirname(path))]);
      for (const folder of watchers.keys()) if (!wanted.has(folder)) forget(folder);
      for (const folder of wanted) if (!watchers.has(folder)) add(folder);
    },
    close: () => {
      cancel();
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}
