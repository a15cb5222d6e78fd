import type { Register } from './register.ts';

/**
 * Where each command lives. A command line loads only its own group, because loading every room takes
 * longer than most commands run.
 */
const groups: readonly { readonly commands: readonly string[]; readonly load: () => Promise<Register> }[] = [
  {
    commands: ['up', 'master', 'minion', 'reactor', 'api'],
    load: async () => (await import('./commands/roles.ts')).registerRoles,
  },
  { commands: ['cmd'], load: async () => (await import('./commands/cmd.ts')).registerCmd },
  { commands: ['call'], load: async () => (await import('./commands/call.ts')).registerCall },
  { commands: ['run'], load: async () => (await import('./commands/run.ts')).registerRun },
  { commands: ['key'], load: async () => (await import('./commands/key.ts')).registerKey },
  { commands: ['event'], load: async () => (await import('./commands/event.ts')).registerEvent },
  { commands: ['check'], load: async () => (await import('./commands/check.ts')).registerCheck },
  { commands: ['render'], load: async () => (await import('./commands/render.ts')).registerRender },
  { commands: ['explain'], load: async () => (await import('./commands/explain.ts')).registerExplain },
  { commands: ['match'], load: async () => (await import('./commands/match.ts')).registerMatch },
  { commands: ['dlq'], load: async () => (await import('./commands/dlq.ts')).registerDlq },
  { commands: ['user'], load: async () => (await import('./commands/user.ts')).registerUser },
  { commands: ['token'], load: async () => (await import('./commands/token.ts')).registerToken },
  { commands: ['salt'], load: async () => (await import('./commands/salt.ts')).registerSalt },
  { commands: ['status'], load: async () => (await import('./commands/status.ts')).registerStatus },
  { commands: ['health'], load: async () => (await import('./commands/health.ts')).registerHealth },
];

/** The groups that a command line needs: its command's, or all of them to show help or to suggest a name. */
export async function groupsFor(
  argv: readonly string[],
  valueOptions: ReadonlySet<string>,
): Promise<Register[]> {
  const name = commandOf(argv, valueOptions);
  const own = groups.filter(({ commands }) => name !== undefined && commands.includes(name));
  const needed = own.length > 0 ? own : name === undefined && argv.includes('--version') ? [] : groups;
  return Promise.all(needed.map(({ load }) => load()));
}

/** The first word that is neither an option nor an option's value. */
function commandOf(argv: readonly string[], valueOptions: ReadonlySet<string>): string | undefined {
  return argv.find((word, i) => !word.startsWith('-') && !valueOptions.has(argv[i - 1] ?? ''));
}
