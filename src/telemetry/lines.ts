import type { TraceEvent } from '../core/index.ts';

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** How one trace event reads in the log. */
export interface Line {
  readonly level: Level;
  readonly message: string;
  /** Lines with equal causes within a few seconds are one line and a count. */
  readonly cause?: string;
}

type Kind = TraceEvent['kind'];
type Describe = { readonly [K in Kind]: (event: Extract<TraceEvent, { kind: K }>) => Line };

const line = (level: Level, message: string, cause?: string): Line =>
  cause === undefined ? { level, message } : { level, message, cause };

/** One entry for each kind: a new kind does not compile until it is here. */
const describe: Describe = {
  'process.ready': (event) => line('info', `${event.role} is ready`),
  'process.stopping': (event) => line('info', `${event.role} stops: ${event.reason}`),
  insecure: (event) => line('warn', `INSECURE: ${event.message}`, event.setting),
  'api.login.refused': (event) =>
    line('warn', `login refused: ${event.user} from ${event.address}`, `login ${event.address}`),
  'api.hook.refused': (event) =>
    line(
      'warn',
      `hook ${event.hook}: a delivery from ${event.address} was refused: ${event.reason}`,
      `hook ${event.hook} ${event.address} ${event.reason}`,
    ),
  'api.answered': (event) =>
    line('trace', `${event.method} ${event.route} ${event.status} in ${Math.round(event.tookMs)} ms`),
  'api.reader.cut': (event) =>
    line('warn', `event reader ${event.reader} cut off: ${event.reason}`, `cut ${event.reader}`),
  'bus.published': (event) => line('trace', `${event.count} events published`),
  'bus.refused': (event) => line('warn', `${event.count} events refused: ${event.code}`, event.code),
  'bus.reader.cut': (event) =>
    line('warn', `reader ${event.reader} cut off: ${event.reason}`, `${event.reader} ${event.reason}`),
  'bus.gap': (event) =>
    line('warn', `gap in the events of ${event.source}: ${event.reason}`, `${event.source} ${event.reason}`),
  'journal.commit': (event) => line('trace', `${event.operations} operations committed`),
  'journal.trimmed': (event) => line('debug', `${event.events} old events trimmed`),
  'journal.error': (event) =>
    line('error', `the journal failed: ${event.message}`, event.code ?? event.message),
  'rules.loaded': (event) =>
    line('info', `${event.rules} rules from ${event.files} files (${event.hash.slice(0, 12)})`),
  'rules.refused': (event) =>
    line(
      'error',
      `the reactor files were refused, the last good rules stay: ${event.message}`,
      event.message,
    ),
  'event.decided': (event) => {
    const broken = ['problem', 'undecodable', 'overloaded'].includes(event.verdict);
    const message = `${event.rule} on ${event.tag}: ${event.verdict}, ${event.reason}`;
    return line(broken ? 'warn' : 'debug', message, broken ? causeOf(event) : undefined);
  },
  'loop.stopped': (event) =>
    line('warn', `loop guard: ${event.rule} stopped at depth ${event.depth}`, event.rule),
  'reaction.settled': (event) =>
    line('debug', `${event.action} done${event.repeated ? ' (it was done before)' : ''}`),
  'reaction.retry': (event) => {
    const message = `${event.rule}: attempt ${event.attempt} failed, again in ${Math.round(event.delayMs)} ms: ${event.message}`;
    return line('warn', message, `${event.rule} ${event.reason}`);
  },
  'reaction.dead': (event) => {
    const message = `${event.rule}: ${event.action} is a dead letter: ${event.message}`;
    return line('error', message, `${event.rule} ${event.reason}`);
  },
  'canary.passed': (event) => line('trace', `a canary event came through in ${Math.round(event.tookMs)} ms`),
  'health.changed': (event) =>
    event.ready
      ? line('info', `the ${event.role} is ready again`, `${event.role} ready`)
      : line('warn', `the ${event.role} is not ready: ${event.reason}`, `${event.role} ${event.cause}`),
  'queues.seen': (event) => line('trace', `${event.queues.length} queues of the ${event.role}`),
  'rule.aside': (event) =>
    line('warn', `${event.rule} is set aside for a while: ${event.reason}`, event.rule),
  'rules.slow': (event) => {
    const more = event.count > event.rules.length ? ` and ${event.count - event.rules.length} more` : '';
    const message = `the control plane is slow to answer reactions of ${event.rules.join(', ')}${more}`;
    return line('warn', `${message}; they are sent apart from the others`, event.rules.join());
  },
  'lookup.answered': (event) =>
    event.outcome === 'ok'
      ? line('debug', `a template asked ${event.fun}: answered in ${Math.round(event.tookMs)} ms`)
      : line(
          'warn',
          `a template asked ${event.fun}: ${event.outcome}, ${event.message}`,
          `${event.fun} ${event.outcome}`,
        ),
  'minion.connected': (event) => line('info', `minion ${event.id} is connected`),
  'minion.lost': (event) => line('warn', `minion ${event.id} is lost: ${event.reason}`, event.id),
  'key.changed': (event) => line('info', `key of ${event.id}: ${event.act}`, `${event.id} ${event.act}`),
  'job.published': (event) => line('debug', `job ${event.jid} ${event.fun} to ${event.minions} minions`),
  'jobs.lost': (event) =>
    line('warn', `${event.count} jobs of minion ${event.id} are lost: ${event.reason}`, event.id),
  'job.returned': (event) =>
    line('debug', `job ${event.jid} ${event.fun} returned from ${event.id}: ${event.retcode}`),
  'module.problem': (event) =>
    line('warn', `module ${event.module}: ${event.message}`, `${event.module} ${event.message}`),
  'master.connected': (event) => line('info', `connected to the master ${event.master}`),
  'master.lost': (event) =>
    line('warn', `the master ${event.master} is lost: ${event.reason}`, `${event.master} ${event.reason}`),
  'spans.lost': (event) =>
    line('warn', `${event.count} spans did not reach the collector: ${event.reason}`, 'spans'),
  span: (event) => line('trace', `span ${event.name}`),
  unexpected: (event) =>
    line('error', `unexpected, in ${event.where}: ${event.message}`, `${event.where} ${event.message}`),
};

/** How many wait already is different each time; that it is too many is the cause. */
function causeOf({ rule, verdict, reason }: Extract<TraceEvent, { kind: 'event.decided' }>): string {
  return verdict === 'overloaded' ? `${rule} ${verdict}` : `${rule} ${reason}`;
}

export function describeEvent(event: TraceEvent): Line {
  return (describe[event.kind] as (event: TraceEvent) => Line)(event);
}

/** Every kind, for tests and documentation. */
export const traceKinds: readonly Kind[] = Object.keys(describe) as Kind[];
