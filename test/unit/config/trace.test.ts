import { describe, expect, it } from 'vitest';
import { loadSettings, type TraceSettings } from '../../../src/config/index.ts';

type Env = Readonly<Record<string, string>>;

function traceOf(trace: Record<string, unknown> | undefined, env: Env = {}): TraceSettings | null | string {
  const overrides = trace === undefined ? {} : { trace };
  const loaded = loadSettings({ env: { HOME: '/home/o', ...env }, cwd: '/home/o', overrides });
  return loaded.ok ? loaded.settings.trace : (loaded.problems[0]?.message ?? '');
}

describe('traces', () => {
  it('are not collected unless somebody says where', () => {
    expect(traceOf(undefined)).toBeNull();
    expect(traceOf({ sample: 1, headers: { a: 'b' } })).toBeNull();
  });

  it('go where the file says, with the usual path where it names none', () => {
    expect(traceOf({ otlp_endpoint: 'http://c:4318', headers: { a: 'b' }, sample: 0.5 })).toEqual({
      endpoint: 'http://c:4318/v1/traces',
      headers: { a: 'b' },
      sample: 0.5,
    });
    expect(traceOf({ otlp_endpoint: 'https://c/own/path' })).toMatchObject({
      endpoint: 'https://c/own/path',
    });
  });

  it.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
    'go where %s says, which the exporter reads itself',
    (name) => {
      const env = { [name]: 'http://c:4318' };
      expect(traceOf(undefined, env)).toEqual({ endpoint: null, headers: {}, sample: 1 });
      expect(traceOf({ otlp_endpoint: 'http://d/' }, env)).toMatchObject({ endpoint: 'http://d/v1/traces' });
      expect(traceOf(undefined, { ...env, OTEL_SDK_DISABLED: 'true' })).toBeNull();
      expect(traceOf(undefined, { [name]: '' })).toBeNull();
    },
  );

  it.each([
    [{ otlp_endpoint: 'grpc://c' }, 'trace.otlp_endpoint'],
    [{ otlp_endpoint: 'collector' }, 'trace.otlp_endpoint'],
    [{ sample: 2 }, 'trace.sample'],
    [{ headers: { 'a b': 'c' } }, 'trace.headers'],
    [{ endpoint: 'http://c' }, 'trace.endpoint'],
  ])('are refused with %j', (trace, named) => {
    expect(traceOf(trace)).toContain(named);
  });
});
