import { connectBus, connectLink, type EventBus, socketPath } from '../bus/index.ts';
import { BusReader, probeSocket, pythonRegex, type ReadEvent, seekTime } from '../client/index.ts';
import { BrineError, didYouMean, eventId, mapOf, toJson, type Value, type ValueMap } from '../core/index.ts';
import { fnmatch } from '../match/index.ts';
import { systemClock } from '../system/index.ts';
import type { Context } from './context.ts';
import { parseDuration } from './input/duration.ts';
import { harmless } from './output/harmless.ts';

export interface WatchOptions {
  /** A glob on the whole tag, or else a regular expression for all of it. */
  readonly tagMatch: string;
  /** Ends after so many events; below zero never. */
  readonly count: number;
  readonly quiet: boolean;
  readonly form: 'line' | 'pretty' | 'json';
  readonly node: string;
  /** A sequence number, or how long ago. */
  readonly from?: string;
}

const parameters = ['tagmatch', 'count', 'quiet', 'sock_dir', 'pretty', 'node'] as const;

/** The arguments of `state.event`. Throws BAD_ARGUMENT. */
export function stateEventOptions(arg: readonly Value[], kwarg: ValueMap): WatchOptions {
  const given = new Map<string, Value>(
    parameters.flatMap((name, i) => (i < arg.length ? [[name, arg[i] ?? null]] : [])),
  );
  if (arg.length > parameters.length)
    throw new BrineError('BAD_ARGUMENT', `state.event takes at most ${parameters.length} arguments.`);
  for (const [key, value] of kwarg) {
    const name = String(key as string);
    if (!(parameters as readonly string[]).includes(name)) throw unknownParameter(name);
    given.set(name, value);
  }
  return {
    tagMatch: textOf(given.get('tagmatch')) ?? '*',
    count: numberOf(given.get('count')),
    quiet: given.get('quiet') === true,
    form: given.get('pretty') === true ? 'pretty' : 'line',
    node: textOf(given.get('node')) ?? 'master',
  };
}

function unknownParameter(name: string): BrineError {
  const near = didYouMean(name, parameters);
  const hint = near === undefined ? `It takes ${parameters.join(', ')}.` : `Did you mean ${near}?`;
  return new BrineError('BAD_ARGUMENT', `${name} is not an argument of state.event. ${hint}`);
}

function textOf(value: Value | undefined): string | undefined {
  return value === undefined || value === null
    ? undefined
    : typeof value === 'string'
      ? value
      : toJson(value);
}

function numberOf(value: Value | undefined): number {
  if (value === undefined || value === null) return -1;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new BrineError('BAD_ARGUMENT', `count must be a whole number, not ${toJson(value)}.`);
}

/** Prints matching events until there were enough of them, or until the person has seen enough. */
export async function watchEvents(context: Context, options: WatchOptions): Promise<void> {
  const { io } = context;
  const path = socketOf(context, options.node);
  await probeSocket(path, options.node === 'master' ? 'master' : 'minion');
  const link = connectLink({ endpoint: `ipc://${path}`, clock: systemClock });
  const bus = connectBus(link, { clock: systemClock });
  const stops: (() => void)[] = [];
  try {
    const reader = new BusReader({
      bus,
      name: 'watch',
      from: await startOf(bus, options.from),
      prefixes: publisherPrefixes(options.tagMatch),
      onGap: (gap) => io.err(`gap: events ${gap.fromSeq} to ${gap.toSeq} are missing: ${gap.reason}\n`),
    });
    stops.push(
      () => reader.close(),
      io.onSignal('SIGINT', () => reader.close()),
      io.onSignal('SIGTERM', () => reader.close()),
    );
    await reader.ready;
    const { logId } = await bus.info();
    if (!io.errIsTerminal || !options.quiet) io.err(`listening on the bus of ${options.node}\n`);
    await printEvents(context, reader, options, logId);
  } finally {
    for (const stop of stops) stop();
    await bus.close();
    await link.close();
  }
}

async function printEvents(
  context: Context,
  reader: BusReader,
  options: WatchOptions,
  logId: string,
): Promise<void> {
  const matches = tagMatcher(options.tagMatch);
  // A count of 0 ends after the first event, as in Salt.
  let left = options.count < 0 ? Number.POSITIVE_INFINITY : Math.max(1, options.count);
  while (left > 0) {
    const event = reader.shift();
    if (event === undefined) {
      if (reader.closed) return;
      await reader.fill();
    } else if (matches(event.tag)) {
      left -= 1;
      if (!options.quiet) context.io.out(eventText(context, event, options.form, logId));
    }
  }
}

/** An event as `state.event` prints it: tag, tab, JSON. */
function eventText(context: Context, event: ReadEvent, form: WatchOptions['form'], logId: string): string {
  const data = event.data();
  const tag = context.io.outIsTerminal ? harmless(event.tag) : event.tag;
  switch (form) {
    case 'line':
      return `${tag}\t${toJson(data)}\n`;
    case 'pretty':
      return `${tag}\t${toJson(data, { indent: 4, sortKeys: true })}\n`;
    case 'json':
      return `${toJson(mapOf({ event: eventId(logId, event.seq), seq: event.seq, tag: event.tag, data }), { compact: true })}\n`;
  }
}

/** A glob on the whole tag first, and when that fails a regular expression for the whole tag. */
export function tagMatcher(expression: string): (tag: string) => boolean {
  const regex = pythonRegex(`\\A${expression}\\Z`);
  return (tag) => fnmatch(tag, expression) || (regex?.test(tag) ?? false);
}

/** What every tag that can match begins with, so that the publisher may leave out the others. */
export function publisherPrefixes(expression: string): string[] {
  if (expression.includes('|')) return [];
  const literal = /^[^*?[\]().+^$\\{}]*/.exec(expression)?.[0] ?? '';
  const next = expression[literal.length];
  // In a regular expression these make the character before them optional.
  const prefix = next === '*' || next === '?' || next === '{' ? literal.slice(0, -1) : literal;
  return prefix === '' ? [] : [prefix];
}

function socketOf(context: Context, node: string): string {
  const { settings } = context;
  if (node === 'master') return socketPath(settings.sockDir, 'master');
  return socketPath(settings.sockDir, { minion: node === 'minion' ? settings.minion.id : node });
}

async function startOf(bus: EventBus, from: string | undefined): Promise<'now' | number> {
  if (from === undefined) return 'now';
  if (/^\d+$/.test(from)) return Math.max(1, Number(from));
  const ago = parseDuration(from);
  if (ago === undefined)
    throw new BrineError(
      'BAD_ARGUMENT',
      `--from takes a sequence number or a duration such as 10m, not ${from}.`,
    );
  return seekTime(bus, systemClock.nowMs() - ago);
}
