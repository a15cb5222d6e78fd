import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isRecorded, spanIdOf, traceContext, traceIdOf, traceOfData, under } from '../../src/core/index.ts';
import { missing } from './support/salt.ts';

const release = '3008.3';
const reason = missing(release);
const home = process.env['BRINE_SALT_HOME'] ?? join(homedir(), '.cache', 'brine-salt');

/** What Salt's event library does to data before it fires it, and its reactor with data that it got. */
const script = `
import json, sys
import salt.utils.tracing as tracing
tracing.configure({'tracing': {'enabled': True, 'exporter': 'none'}})
data = {'_stamp': 'now'}
with tracing.start_span('fire') as span:
    tracing.inject(data)
    fired = span.get_span_context()
with tracing.start_span('react', context=tracing.extract(json.loads(sys.argv[1]))) as span:
    taken = span.get_span_context()
    parent = span.parent
print(json.dumps({
    'data': data,
    'fired': [format(fired.trace_id, '032x'), format(fired.span_id, '016x')],
    'taken': [format(taken.trace_id, '032x'), format(parent.span_id, '016x')],
    'state': taken.trace_state.to_header(),
}))
`;

interface Said {
  readonly data: Record<string, string>;
  readonly fired: [string, string];
  readonly taken: [string, string];
  readonly state: string;
}

const name = `salt ${release} and Brine take each other's traces from the data of events`;
if (reason !== null && process.env['CI'] !== 'true')
  test.skip(`${name} (skipped: ${reason})`, () => undefined);
else
  test(name, { timeout: 60_000 }, async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const given = traceContext(`00-${trace}-00f067aa0ba902b7-01`, 'shop=7,rack=b');
    if (given === undefined) throw new Error('the context was not taken');
    const { parent, state } = under(given, 'b7ad6b7169203331');
    const ours = JSON.stringify({ traceparent: parent, tracestate: state });
    const python = join(home, release, 'bin', 'python');
    const { stdout } = await promisify(execFile)(python, ['-c', script, ours], { timeout: 50_000 });
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Said;
    const taken = traceOfData(new Map(Object.entries(said.data)));
    expect(taken && [traceIdOf(taken), spanIdOf(taken)]).toEqual(said.fired);
    expect(taken && isRecorded(taken)).toBe(true);
    expect(said.taken).toEqual([trace, 'b7ad6b7169203331']);
    expect(said.state).toBe('shop=7,rack=b');
  });
