import { BrineError, type TraceEvent } from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import { createTelemetry, type RunningTelemetry } from '../telemetry/index.ts';
import type { Context } from './context.ts';
import type { Io } from './io.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = (typeof levels)[number];

/** The log of a long-running process, on stderr: lines for people on a terminal, JSON otherwise. */
export function processTelemetry(
  context: Context,
  options: {
    /** What this process is called where spans are shown. */
    readonly service: string;
    readonly usualLevel?: Level;
    readonly also?: (event: TraceEvent) => void;
  },
): RunningTelemetry {
  const { io, settings } = context;
  return createTelemetry({
    level: levelOf(context, options.usualLevel ?? settings.logLevel),
    format: context.options.logFormat ?? (io.errIsTerminal ? 'pretty' : 'json'),
    colour: io.errIsTerminal && !io.env['NO_COLOR'],
    clock: systemClock,
    write: io.err,
    ...(options.also === undefined ? {} : { also: options.also }),
    ...(settings.trace === null
      ? {}
      : { spans: { ...settings.trace, service: options.service, env: io.env } }),
  });
}

/** Sends the spans that wait, when all else has stopped. A collector that does not answer is left alone. */
export async function endSpans(telemetry: RunningTelemetry, io: Io, code: number): Promise<number> {
  if (!(await telemetry.close())) io.exit(code);
  return code;
}

function levelOf(context: Context, usual: Level): Level {
  const given = context.options.logLevel;
  if (given === undefined) return usual;
  const level = levels.find((one) => one === given);
  if (level !== undefined) return level;
  throw new BrineError('BAD_ARGUMENT', `--log-level is one of ${levels.join(', ')}, not ${given}.`);
}
