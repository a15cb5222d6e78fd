import { type Command, InvalidArgumentError } from 'commander';
import { connectBus, connectLink, socketPath } from '../../bus/index.ts';
import { probeSocket } from '../../client/index.ts';
import { BrineError, checkTag, type ErrorCode, silentTelemetry, type ValueMap } from '../../core/index.ts';
import { createCaller } from '../../minion/index.ts';
import { yamlifyArg } from '../../render/index.ts';
import { systemClock, systemIds } from '../../system/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { eventData } from '../input/data.ts';
import type { Io } from '../io.ts';
import type { Act, Register } from '../register.ts';
import { watchEvents } from '../watch.ts';

interface WatchFlags {
  readonly count?: number;
  readonly pretty?: true;
  readonly json?: true;
  readonly from?: string;
  readonly node: string;
}

export const registerEvent: Register = (program, io, act) => {
  const event = program
    .command('event')
    .summary('watch the event bus, fire events')
    .description('Watches the event bus, and puts events on it.');
  registerWatch(event, io, act);
  event
    .command('fire')
    .summary('put an event on the bus')
    .description("Puts an event on the master's bus, as it is, and waits until it is durable.")
    .argument('<tag>')
    .argument('[data]', 'a map, as YAML or JSON, or @FILE with JSON', '{}')
    .option('--node <node>', 'master, or minion for the bus of the minion here', 'master')
    .action(
      act((tag: string, data: string, flags: { node: string }, command: Command) =>
        fire(contextOf(command, io), tag, dataOf(data), flags.node),
      ),
    );
  event
    .command('send')
    .summary('send an event through the minion')
    .description(
      "Sends an event through the minion here; the master's bus gets it wrapped, with the minion's id.",
    )
    .argument('<tag>')
    .argument('[data]', 'a map, as YAML or JSON, or @FILE with JSON', '{}')
    .action(
      act((tag: string, data: string, _flags: object, command: Command) =>
        send(contextOf(command, io), tag, dataOf(data)),
      ),
    );
};

function registerWatch(event: Command, io: Io, act: Act): void {
  event
    .command('watch')
    .summary('print events as they come')
    .description('Prints each event as it comes: tag, tab, data as JSON.')
    .argument('[tagmatch]', 'a glob or a regular expression for the whole tag', '*')
    .option('--count <n>', 'stop after so many events', count)
    .option('--pretty', 'print the data on several lines, with sorted keys')
    .option('--json', 'print each event as one JSON object: event, seq, tag, data')
    .option('--from <where>', 'start at a sequence number, or so long ago: 30s, 10m, 2h, 1d')
    .option('--node <node>', 'master, or minion for the bus of the minion here', 'master')
    .action(
      act(async (tagMatch: string, flags: WatchFlags, command: Command) => {
        const form = flags.json ? 'json' : flags.pretty ? 'pretty' : 'line';
        await watchEvents(contextOf(command, io), {
          tagMatch,
          count: flags.count ?? -1,
          quiet: false,
          form,
          node: flags.node,
          ...(flags.from === undefined ? {} : { from: flags.from }),
        });
        return exitCodes.done;
      }),
    );
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('give a whole number.');
  return value;
}

/** Event data from the command line, or from `@FILE` as JSON. Throws BAD_ARGUMENT unless it is a map. */
function dataOf(text: string): ValueMap {
  if (text.startsWith('@')) return eventData(text, process.cwd());
  const value = yamlifyArg(text);
  if (value instanceof Map) return value;
  throw new BrineError('BAD_ARGUMENT', `Event data must be a map, such as '{"key": "value"}', not ${text}.`);
}

async function fire(context: Context, tag: string, data: ValueMap, node: string): Promise<number> {
  checkTag(tag);
  const { sockDir, minion } = context.settings;
  const id = node === 'minion' ? minion.id : node;
  const path = socketPath(sockDir, node === 'master' ? 'master' : { minion: id });
  await probeSocket(path, node === 'master' ? 'master' : `minion ${id}`);
  const link = connectLink({ endpoint: `ipc://${path}`, clock: systemClock });
  try {
    const ack = await connectBus(link, { clock: systemClock }).publish([{ tag, data }]);
    const refused = ack.refused[0];
    if (refused !== undefined) throw new BrineError(refused.code as ErrorCode, refused.message);
  } finally {
    await link.close();
  }
  context.print(true);
  return exitCodes.done;
}

async function send(context: Context, tag: string, data: ValueMap): Promise<number> {
  checkTag(tag);
  const caller = createCaller(context.settings, {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
  });
  try {
    const result = await caller.call('event.send', [tag, data], new Map());
    context.print(result.return);
    return result.return === true ? exitCodes.done : exitCodes.failed;
  } finally {
    await caller.close();
  }
}
