import { styleText } from 'node:util';
import { type Logger, pino } from 'pino';
import type { Clock, TraceEvent } from '../core/index.ts';
import { rateLimit } from './limit.ts';
import { describeEvent, type Level } from './lines.ts';
import { redact } from './redact.ts';

export type LogFormat = 'json' | 'pretty';

export interface LoggerOptions {
  readonly level: Level | 'silent';
  readonly format: LogFormat;
  readonly colour: boolean;
  readonly clock: Clock;
  /** Where lines go; each ends with a line break. */
  readonly write: (line: string) => void;
}

/** Turns trace events into log lines. */
export function createLogger(options: LoggerOptions): (event: TraceEvent) => void {
  const logger = pinoFor(options);
  const allowed = rateLimit(options.clock);
  return (event) => {
    const line = describeEvent(event);
    if (!logger.isLevelEnabled(line.level)) return;
    const pass = line.cause === undefined ? { held: 0 } : allowed(`${event.kind} ${line.cause}`);
    if (pass === null) return;
    const fields = redact({ ...event, ...(pass.held > 0 ? { held_back: pass.held } : {}) }) as object;
    logger[line.level](fields, line.message);
  };
}

function pinoFor(options: LoggerOptions): Logger {
  const { clock, colour } = options;
  const write =
    options.format === 'json'
      ? options.write
      : (line: string): void => options.write(pretty(JSON.parse(line) as Record<string, unknown>, colour));
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

const colours = { trace: 'gray', debug: 'gray', info: 'cyan', warn: 'yellow', error: 'red' } as const;

function pretty(record: Record<string, unknown>, colour: boolean): string {
  const level = record['level'] as Level;
  const time = (record['time'] as string).slice(11, 19);
  const label = level.padEnd(5);
  const before = record['held_back'] as number | undefined;
  const held = before === undefined ? '' : ` (and ${before} times before)`;
  const head = colour ? styleText(colours[level], label) : label;
  return `${time} ${head} ${record['msg'] as string}${held}\n`;
}
