import type { Command } from 'commander';
import { BrineError, fromPlain, toPlain, type Value } from '../../core/index.ts';
import type { Rights } from '../../http/index.ts';
import { yamlifyArg } from '../../render/index.ts';

export interface RightsFlags {
  readonly perm?: readonly string[];
  readonly admin?: true;
  readonly read?: readonly string[];
  readonly emit?: readonly string[];
}

const everything = ['.*', '@runner', '@wheel', '@jobs'];

const gather = (item: string, before: readonly string[] = []): string[] => [...before, item];

/** Adds the options that say what somebody may do; each may be given several times. */
export function rightsOptions(command: Command, usualTags: string): Command {
  return command
    .option(
      '--perm <permission>',
      "may run: a pattern of functions ('test\\..*'), '@runner', '@wheel', '@jobs', or a map from a target to functions ('{web*: [test.ping]}')",
      gather,
    )
    .option('--admin', 'may run everything')
    .option('--read <glob>', `may read the events with these tags (default: ${usualTags})`, gather)
    .option('--emit <glob>', `may send events with these tags (default: ${usualTags})`, gather);
}

/** The rights that the options name. Throws BAD_ARGUMENT. */
export function rightsFrom(flags: RightsFlags, usual: readonly string[]): Rights {
  const perms = [...(flags.admin === true ? everything : []), ...(flags.perm ?? []).map(permissionFrom)];
  return { perms: perms as Rights['perms'], read: flags.read ?? usual, emit: flags.emit ?? usual };
}

function permissionFrom(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return text;
  const value = yamlifyArg(text.trim());
  if (value instanceof Map) return toPlain(value);
  throw new BrineError('BAD_ARGUMENT', `${text} is not a map from a target to functions.`);
}

/** Rights as lists show them. */
export function rightsShown({ perms, read, emit }: Rights): [string, Value][] {
  return [
    ['perms', fromPlain(perms)],
    ['read', [...read]],
    ['emit', [...emit]],
  ];
}
