import type { Hook } from './hook.ts';

/** The named hook to which a path behind `/hook/` belongs: only its own route, with its check, may take it. */
export function hookOfPath(hooks: ReadonlyMap<string, Hook>, parts: readonly string[]): Hook | undefined {
  return hooks.get(parts[0]?.toLowerCase() ?? '');
}

/** The named hook whose tags this tag could be taken for. */
export function hookOfTag(hooks: ReadonlyMap<string, Hook>, tag: string): Hook | undefined {
  return [...hooks.values()].find(({ prefix }) =>
    prefix.endsWith('/') ? tag.startsWith(prefix) : tag === prefix,
  );
}
