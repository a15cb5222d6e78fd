import { describe, expect, it } from 'vitest';
import type { Clock, TraceEvent } from '../../../src/core/index.ts';
import { createTelemetry, redact, type TelemetryOptions, traceKinds } from '../../../src/telemetry/index.ts';

/** One of each kind: the type makes the list complete. */
const samples: { readonly [K in TraceEvent['kind']]: Extract<TraceEvent, { kind: K }> } = {
  'process.ready': { kind: 'process.ready', role: 'master', fields: { port: 4515 } },
  'process.stopping': { kind: 'process.stopping', role: 'master', reason: 'SIGTERM' },
  insecure: { kind: 'insecure', setting: 'interface', message: 'open to all' },
  'api.login.refused': { kind: 'api.login.refused', user: 'alice', address: '192.0.2.7' },
  'api.hook.refused': {
    kind: 'api.hook.refused',
    hook: 'deploy',
    address: '192.0.2.7',
    reason: 'the signature is wrong',
  },
  'api.answered': { kind: 'api.answered', method: 'GET', route: '/jobs/:jid', status: 200, tookMs: 12 },
  'api.reader.cut': { kind: 'api.reader.cut', reader: 'alice', reason: 'does not read' },
  span: {
    kind: 'span',
    name: 'decide heal',
    type: 'internal',
    trace: { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    parent: null,
    startMs: 1,
    endMs: 2,
    fields: {},
  },
  'spans.lost': { kind: 'spans.lost', count: 3, reason: 'no answer' },
  'bus.published': { kind: 'bus.published', count: 3 },
  'bus.refused': { kind: 'bus.refused', count: 2, code: 'BAD_EVENT' },
  'bus.reader.cut': { kind: 'bus.reader.cut', reader: 'watch', reason: 'does not read' },
  'bus.gap': { kind: 'bus.gap', source: 'master', reason: 'trimmed' },
  'journal.commit': { kind: 'journal.commit', operations: 5, tookMs: 2 },
  'journal.trimmed': { kind: 'journal.trimmed', events: 7, upToSeq: 70 },
  'journal.error': { kind: 'journal.error', message: 'no space', code: 'ENOSPC' },
  'rules.loaded': { kind: 'rules.loaded', hash: 'abcdef0123456789', rules: 4, files: 2, problems: 0 },
  'rules.refused': { kind: 'rules.refused', problems: 1, message: '1 problem' },
  'event.decided': {
    kind: 'event.decided',
    event: 'l-1',
    tag: 'a/b',
    rule: 'r',
    verdict: 'fired',
    reason: 'matched',
  },
  'loop.stopped': { kind: 'loop.stopped', event: 'l-1', rule: 'r', depth: 9 },
  'reaction.settled': {
    kind: 'reaction.settled',
    reaction: 'l-1.0',
    jid: '20260101000000000000',
    rule: 'r',
    event: 'l-1',
    action: 'local test.ping on *',
    repeated: false,
    attempts: 1,
  },
  'reaction.retry': {
    kind: 'reaction.retry',
    reaction: 'l-1.0',
    rule: 'r',
    reason: 'timeout',
    message: 'no answer',
    attempt: 1,
    delayMs: 500,
  },
  'reaction.dead': {
    kind: 'reaction.dead',
    reaction: 'l-1.0',
    rule: 'r',
    event: 'l-1',
    action: 'runner x.y',
    reason: 'refused',
    message: 'no',
    attempts: 10,
  },
  'jobs.lost': { kind: 'jobs.lost', id: 'web1', count: 2, reason: 'no sign' },
  'canary.passed': { kind: 'canary.passed', tookMs: 12 },
  'health.changed': {
    kind: 'health.changed',
    role: 'reactor',
    ready: false,
    reason: 'the bus is not followed',
    cause: 'bus',
  },
  'queues.seen': {
    kind: 'queues.seen',
    role: 'master',
    queues: [{ name: 'intake', depth: 5, limit: 10, oldestS: 1.5, refused: { OVERLOADED: 2 } }],
  },
  'rule.aside': { kind: 'rule.aside', rule: 'r', reason: 'deciding takes 400 ms' },
  'rules.slow': { kind: 'rules.slow', rules: ['r'], count: 1 },
  'lookup.answered': { kind: 'lookup.answered', fun: 'mine.get', outcome: 'ok', message: '', tookMs: 3 },
  'minion.connected': { kind: 'minion.connected', id: 'web1' },
  'minion.lost': { kind: 'minion.lost', id: 'web1', reason: 'silent' },
  'key.changed': { kind: 'key.changed', id: 'web1', act: 'accept' },
  'job.published': { kind: 'job.published', jid: '20260101000000000000', fun: 'test.ping', minions: 1 },
  'job.returned': {
    kind: 'job.returned',
    jid: '20260101000000000000',
    id: 'web1',
    fun: 'test.ping',
    retcode: 0,
    success: true,
  },
  'module.problem': { kind: 'module.problem', module: 'x', message: 'bad' },
  'master.connected': { kind: 'master.connected', master: 'm' },
  'master.lost': { kind: 'master.lost', master: 'm', reason: 'gone' },
  unexpected: { kind: 'unexpected', where: 'dispatch', message: 'boom' },
};

function telemetryWith(options: Partial<TelemetryOptions> = {}) {
  const lines: string[] = [];
  const time = { nowMs: Date.UTC(2026, 0, 2, 3, 4, 5) };
  const clock: Clock = {
    nowMs: () => time.nowMs,
    monotonicMs: () => time.nowMs,
    after: () => () => undefined,
  };
  const telemetry = createTelemetry({
    level: 'trace',
    format: 'json',
    colour: false,
    clock,
    write: (line) => lines.push(line),
    ...options,
  });
  return { telemetry, lines, time };
}

describe('telemetry', () => {
  it('knows every kind of trace event, in the log and in the metrics', async () => {
    const { telemetry, lines } = telemetryWith();
    expect(traceKinds.toSorted()).toEqual(Object.keys(samples).toSorted());
    for (const sample of Object.values(samples)) telemetry.emit(sample);
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(Object.keys(samples));
    const text = await telemetry.metrics.text();
    expect(text).toContain('brine_events_published_total 3');
    expect(text).toContain('brine_decisions_total{verdict="fired"} 1');
    expect(text).toContain('brine_reactions_total{action="local"} 1');
    expect(text).toContain('brine_dead_letters_total{reason="refused"} 1');
    expect(text).toContain('brine_minions_connected 0');
  });

  it('keeps names that senders choose out of the labels', async () => {
    const { telemetry } = telemetryWith({ level: 'silent' });
    for (let i = 0; i < 50; i += 1) {
      telemetry.emit({ ...samples['event.decided'], rule: `rule-${i}`, tag: `tag/${i}` });
      telemetry.emit({ ...samples['minion.connected'], id: `minion-${i}` });
      telemetry.emit({ ...samples['reaction.settled'], action: `local x.y on minion-${i}` });
    }
    expect(await telemetry.metrics.text()).not.toMatch(/tag\/|minion-\d/);
  });

  it('writes lines for people on a terminal', () => {
    const { telemetry, lines } = telemetryWith({ format: 'pretty', level: 'info' });
    telemetry.emit(samples['minion.connected']);
    telemetry.emit(samples['job.published']);
    expect(lines).toEqual(['03:04:05 info  minion web1 is connected\n']);
  });

  it('says an equal failure once in ten seconds and counts the rest', () => {
    const { telemetry, lines, time } = telemetryWith({ format: 'pretty', level: 'warn' });
    for (let i = 0; i < 100; i += 1) telemetry.emit(samples['reaction.dead']);
    telemetry.emit({ ...samples['reaction.dead'], rule: 'other' });
    expect(lines).toHaveLength(2);
    time.nowMs += 10_000;
    telemetry.emit(samples['reaction.dead']);
    expect(lines[2]).toContain('(and 99 times before)');
  });

  it('holds a bounded number of causes', () => {
    const { telemetry, lines } = telemetryWith({ level: 'warn' });
    for (let i = 0; i < 1500; i += 1) telemetry.emit({ ...samples['minion.lost'], id: `m${i}` });
    telemetry.emit({ ...samples['minion.lost'], id: 'm0' });
    telemetry.emit({ ...samples['minion.lost'], id: 'm1499' });
    expect(lines).toHaveLength(1501);
  });

  it('does not let a broken pipe stop an event', () => {
    const seen: string[] = [];
    const { telemetry } = telemetryWith({
      write: () => {
        throw new Error('EPIPE');
      },
      also: (event) => seen.push(event.kind),
    });
    telemetry.emit(samples.unexpected);
    expect(seen).toEqual(['unexpected']);
  });

  it('never logs a secret', () => {
    const { telemetry, lines } = telemetryWith();
    const fields = {
      port: 1,
      password: 'hunter2',
      nested: [{ api_key: 'hunter2', secretKey: 'hunter2', token: new Map([['a', 'hunter2']]) }],
      map: new Map<unknown, unknown>([['db_passwd', 'hunter2']]),
      public_key: 'shown',
    };
    telemetry.emit({ kind: 'process.ready', role: 'master', fields });
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('shown');
    expect(redact({ a: [1n, null, 'x'], b: new Uint8Array(3) })).toEqual({
      a: ['1', null, 'x'],
      b: '[3 bytes]',
    });
  });
});
