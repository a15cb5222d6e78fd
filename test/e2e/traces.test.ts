import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Daemon } from '../support/brine.ts';
import { Collector, type ReceivedSpan } from '../support/collector.ts';
import { temporaryFolder } from '../support/temp.ts';

const callers = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';

const reactors = `
rules:
  deploy:
    on: salt/netapi/hook/deploy
    do:
      - local.test.ping: {tgt: '*'}
  count:
    on: salt/job/*/ret/web1
    if: data.fun == 'test.ping'
    do:
      - runner.manage.up: {}
`;

interface Running extends AsyncDisposable {
  readonly daemon: Daemon;
  readonly api: string;
}

/** Writes what Brine needs into the folder; gives the flags that name it. */
function prepared(folder: string, trace: object | null): string[] {
  mkdirSync(join(folder, 'reactors'), { recursive: true });
  writeFileSync(join(folder, 'reactors', 'deploy.yaml'), reactors);
  const config = join(folder, 'brine.yaml');
  const api = { port: 0, hook_without_login: true };
  const settings = { id: 'web1', port: 0, enrol_port: 0, reactors: 'reactors', api };
  writeFileSync(config, JSON.stringify(trace === null ? settings : { ...settings, trace }));
  return ['--config', config, '--data-dir', join(folder, 'd'), '--log-level', 'debug'];
}

async function up(folder: string, trace: object | null, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const flags = prepared(folder, trace);
  const daemon = new Daemon(['up', '--json', ...flags], { env: { ...process.env, ...env } });
  const ready = await daemon.json((line) => line['ready'] === true);
  return { daemon, api: String(ready['api']), [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

async function hook(api: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${api}/hook/deploy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"service": "shop"}',
  });
  return answer.status;
}

const named = (spans: readonly ReceivedSpan[], name: string | RegExp): ReceivedSpan => {
  const found = spans.find((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
  if (found === undefined)
    throw new Error(`no span ${String(name)} among ${spans.map((span) => span.name).join(', ')}`);
  return found;
};

describe('a trace', () => {
  test('joins a webhook with its event, decision, reaction, job and return, and with what the return causes', async () => {
    using folder = temporaryFolder();
    await using collector = await Collector.open();
    const trace = { otlp_endpoint: collector.url, headers: { authorization: 'Bearer x' } };
    await using running = await up(folder.path, trace);
    const { daemon, api } = running;
    expect(await hook(api, { traceparent: `00-${callers}-${caller}-01`, tracestate: 'shop=7' })).toBe(200);
    await daemon.line((line) => line.includes('salt/run/') && line.includes('/ret'));
    // Stopping sends what waits.
    await daemon.kill('SIGTERM');

    const spans = collector.trace(callers);
    const path = [
      'POST /hook/*',
      'event salt/netapi/hook/deploy',
      'decide deploy',
      /^react local test\.ping on \*$/,
      'job test.ping',
      'return test.ping',
      /^event salt\/job\/\d+\/ret\/web1$/,
      'decide count',
      'react runner manage.up',
      'runner manage.up',
    ].map((name) => named(spans, name));
    expect(path.map((span) => span.parentSpanId)).toEqual([
      caller,
      ...path.slice(0, -1).map((span) => span.spanId),
    ]);
    expect(spans).toHaveLength(path.length);
    for (const span of spans) {
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      expect([span.service, span.traceState, span.status.code ?? 0]).toEqual(['brine', 'shop=7', 0]);
    }
    expect(named(spans, 'POST /hook/*').attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: 200 },
    });
    expect(collector.headers.every(({ authorization }) => authorization === 'Bearer x')).toBe(true);
    const decided = daemon.errors.find((line) => line.includes('event.decided') && line.includes('"deploy"'));
    expect(decided).toContain(`"traceId":"${callers}"`);
  });

  test('begins with a hook that came without one, and is not recorded when its sender does not record it', async () => {
    using folder = temporaryFolder();
    await using collector = await Collector.open();
    await using running = await up(folder.path, null, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'reactions',
    });
    const { daemon, api } = running;
    expect(await hook(api, { traceparent: `00-${callers}-${caller}-00` })).toBe(200);
    await daemon.line((line) => line.includes('salt/run/') && line.includes('/ret'));
    expect(await hook(api)).toBe(200);
    const runs = (): number => new Set(daemon.lines.filter((line) => /salt\/run\/\d+\/ret/.test(line))).size;
    await daemon.line(() => runs() === 2);
    await daemon.kill('SIGTERM');
    expect(collector.trace(callers)).toEqual([]);
    const first = named(collector.spans, 'POST /hook/*');
    expect([first.parentSpanId ?? '', first.service]).toEqual(['', 'reactions']);
    expect(collector.trace(first.traceId)).toHaveLength(10);
  });

  test('goes through processes of their own, and through the death of the reactor', async () => {
    using folder = temporaryFolder();
    await using collector = await Collector.open();
    const flags = prepared(folder.path, { otlp_endpoint: collector.url });
    const role = async (name: string): Promise<Daemon> => {
      const daemon = new Daemon([name, '--json', ...flags]);
      await daemon.json((line) => line['ready'] === true);
      return daemon;
    };
    await using master = await role('master');
    await using minion = await role('minion');
    await master.line((line) => line.includes('minion.connected'));
    const first = await role('reactor');
    await first.kill('SIGKILL');
    await using api = await role('api');
    const { url } = (await api.json((line) => line['kind'] === 'process.ready'))['fields'] as { url: string };
    expect(await hook(url, { traceparent: `00-${callers}-${caller}-01` })).toBe(200);
    await using reactor = await role('reactor');
    await reactor.line((line) => line.includes('reaction.settled') && line.includes('manage.up'));
    for (const daemon of [api, reactor, minion, master]) await daemon.kill('SIGTERM');

    const spans = collector.trace(callers);
    expect(spans).toHaveLength(10);
    expect(spans.filter((span) => !spans.some(({ spanId }) => spanId === span.parentSpanId))).toEqual([
      named(spans, 'POST /hook/*'),
    ]);
    const services = [
      'POST /hook/*',
      'decide deploy',
      'job test.ping',
      'return test.ping',
      'runner manage.up',
    ];
    expect(services.map((name) => named(spans, name).service)).toEqual([
      'brine-api',
      'brine-reactor',
      'brine-master',
      'brine-master',
      'brine-master',
    ]);
  });

  test('keeps nobody waiting for a collector that takes requests and answers none', async () => {
    using folder = temporaryFolder();
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const patient = { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' };
    await using running = await up(folder.path, { otlp_endpoint: `http://127.0.0.1:${port}` }, patient);
    const { daemon, api } = running;
    const asked = once(silent, 'connection');
    expect(await hook(api)).toBe(200);
    await asked;
    const began = Date.now();
    await daemon.kill('SIGTERM');
    silent.close();
    expect(daemon.child.exitCode).toBe(0);
    // Three seconds for the collector, and not the minute that it may take for an answer.
    expect(Date.now() - began).toBeLessThan(30_000);
  });
});
