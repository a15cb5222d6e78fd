import { type TraceEvent, type Value } from '../../core/index.ts';
import { systemClock } from '../../system/index.ts';
import type { Context } from '../context.ts';
import { runDaemon, type Service } from '../daemon.ts';
import { createService, readyLine, reload, type ServiceName, wantsApi } from '../services.ts';
import { endSpans, processTelemetry } from '../telemetry.ts';
import { Narrator } from './narrator.ts';
import { welcome } from './welcome.ts';

const always: readonly ServiceName[] = ['master', 'minion', 'reactor'];
/** A minion of the same process is accepted at once; longer means that it never will be. */
const firstMinionMs = 10_000;

/** What one role says when another one stops, which is no news when all of them do. */
const partings: ReadonlySet<TraceEvent['kind']> = new Set<TraceEvent['kind']>([
  'minion.lost',
  'master.lost',
  'bus.gap',
]);

/** All roles in one process, with what happens on the screen. */
export async function up(context: Context, json: boolean): Promise<number> {
  const { io, settings } = context;
  const narrator = new Narrator(context, json);
  const attached = firstMinion(settings.minion.id);
  const telemetry = processTelemetry(context, {
    service: 'brine',
    usualLevel: 'warn',
    also: (event) => {
      attached.saw(event);
      narrator.trace(event);
    },
  });
  let stopping = false;
  const order: readonly ServiceName[] = wantsApi(settings) ? [...always, 'api'] : always;
  const services = order.map((role) => {
    const own = telemetry.forRole(role);
    return createService(context, role, {
      metrics: own.metrics,
      emit: (event) => {
        if (!stopping || !partings.has(event.kind)) own.emit(event);
      },
    });
  });
  const reactor = services.find((service) => service.reactor !== undefined)?.reactor;
  const watching: Service = { name: 'watching', start: () => narrator.start(), stop: () => narrator.stop() };
  const code = await runDaemon({
    io,
    clock: systemClock,
    services: [...services, watching],
    onReady: async () => {
      await attached.wait();
      const rules: Value = reactor?.status().get('rules') ?? null;
      const api = services.find((service) => service.url !== undefined)?.url?.() ?? null;
      if (json) io.out(readyLine(context, order, api === null ? { rules } : { rules, api }));
      else io.out(`${welcome(context, rules)}${api === null ? '' : `The REST API is at ${api}.\n\n`}`);
      narrator.open();
    },
    onReload: () => reload(context, reactor),
    onStopping: (reason) => {
      stopping = true;
      telemetry.emit({ kind: 'process.stopping', role: 'up', reason });
      if (!json) io.err('Stopping; Ctrl-C again ends at once.\n');
    },
  });
  return endSpans(telemetry, io, code);
}

/** Waits for the minion of this process to be at work, so that the first command after "ready" works. */
function firstMinion(id: string): { saw(event: TraceEvent): void; wait(): Promise<void> } {
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return {
    saw: (event) => {
      if (event.kind === 'minion.connected' && event.id === id) arrive();
    },
    wait: async () => {
      const late = new Promise<void>((resolve) => {
        const cancel = systemClock.after(firstMinionMs, resolve);
        void arrived.then(cancel);
      });
      await Promise.race([arrived, late]);
    },
  };
}
