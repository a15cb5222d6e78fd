import type { Command } from 'commander';
import { BrineError } from '../../core/index.ts';
import { systemClock } from '../../system/index.ts';
import type { RunningTelemetry } from '../../telemetry/index.ts';
import { type Context, contextOf } from '../context.ts';
import { runDaemon } from '../daemon.ts';
import type { Register } from '../register.ts';
import { createService, type RoleService, readyLine, reload, roles, type ServiceName } from '../services.ts';
import { endSpans, processTelemetry } from '../telemetry.ts';
import { up } from '../up/up.ts';

const descriptions: { readonly [R in ServiceName]: string } = {
  master: 'Runs the master alone: event bus, keys, jobs, runners and wheels.',
  minion: 'Runs a minion alone: takes jobs from its master and sends it events.',
  reactor: 'Runs the reactor alone: follows the bus of the master in the data folder.',
  api: 'Runs the REST API alone: serves the master in the data folder over HTTP.',
};

export const registerRoles: Register = (program, io, act) => {
  program
    .command('up')
    .summary('run everything here, in the foreground')
    .description('Runs a master, a minion and the reactor in this process and shows what happens.')
    .option('--json', 'print JSON lines: one when ready, then one for each event and reaction')
    .action(
      act((flags: { json?: true }, command: Command) => up(contextOf(command, io), flags.json === true)),
    );
  for (const role of [...roles, 'api'] as const) {
    const command = program
      .command(role)
      .summary(`run the ${role === 'api' ? 'REST API' : role} alone`)
      .description(descriptions[role])
      .option('--json', 'print one JSON line when ready');
    if (role === 'reactor')
      command
        .option(
          '--salt <file>',
          "follow a real Salt master instead: its configuration file, with its 'reactor'",
        )
        .option(
          '--salt-api [url]',
          "follow a Salt master on another host instead, through its salt-api; see the key 'salt_api'",
        )
        .option('--shadow', 'decide and record, and do not act');
    command.action(
      act((flags: RoleFlags, own: Command) => {
        const context = contextOf(own, io);
        const telemetry = processTelemetry(context, { service: `brine-${role}` }).forRole(role);
        return runRole(context, role, flags, telemetry);
      }),
    );
  }
};

interface RoleFlags {
  readonly json?: true;
  readonly salt?: string;
  readonly saltApi?: string | true;
  readonly shadow?: true;
}

async function serviceOf(
  context: Context,
  role: ServiceName,
  { salt, saltApi, shadow: inShadow }: RoleFlags,
  telemetry: RunningTelemetry,
): Promise<RoleService> {
  const shadow = inShadow === true;
  if (salt !== undefined && saltApi !== undefined)
    throw new BrineError('BAD_ARGUMENT', 'Give --salt or --salt-api, not both.');
  if (saltApi !== undefined) {
    const { createSaltApiReactor } = await import('../salt-api-reactor.ts');
    return createSaltApiReactor(context, telemetry, { url: saltApi === true ? null : saltApi, shadow });
  }
  if (salt === undefined) return createService(context, role, telemetry, { shadow });
  const { createSaltReactor } = await import('../salt-reactor.ts');
  return createSaltReactor(context, telemetry, { salt, shadow });
}

async function runRole(
  context: Context,
  role: ServiceName,
  flags: RoleFlags,
  telemetry: RunningTelemetry,
): Promise<number> {
  const { io, settings } = context;
  const service = await serviceOf(context, role, flags, telemetry);
  const code = await runDaemon({
    io,
    clock: systemClock,
    services: [service],
    onReady: () => {
      const url = service.url?.() ?? null;
      if (flags.json === true) io.out(readyLine(context, [role], url === null ? {} : { api: url }));
      telemetry.emit({ kind: 'process.ready', role, fields: { data_dir: settings.dataDir } });
    },
    onReload: () => reload(context, service.reactor),
    onStopping: (reason) => telemetry.emit({ kind: 'process.stopping', role, reason }),
  });
  return endSpans(telemetry, io, code);
}
