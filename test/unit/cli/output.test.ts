import { describe, expect, it } from 'vitest';
import { eventLine } from '../../../src/cli/output/event-line.ts';
import { formatValue } from '../../../src/cli/output/format.ts';
import { nested } from '../../../src/cli/output/nested.ts';
import { paintFor, plainPaint } from '../../../src/cli/output/paint.ts';
import { reactionLine, reactionRecord } from '../../../src/cli/output/reaction-line.ts';
import {
  fromPlain,
  PyFloat,
  PyTuple,
  type TraceEvent,
  toPlain,
  type ValueMap,
} from '../../../src/core/index.ts';

const text = (value: unknown): string => nested(fromPlain(value), plainPaint);

describe('nested output', () => {
  it.each([
    [{ web1: true }, 'web1:\n    True\n'],
    [{ web1: null }, 'web1:\n    None\n'],
    [{ web1: '' }, 'web1:\n'],
    [{ web1: 'one\ntwo\n' }, 'web1:\n    one\n    two\n'],
    [{ web1: [1, 'a', 2.5] }, 'web1:\n    - 1\n    - a\n    - 2.5\n'],
    [{ web1: ['one\ntwo'] }, 'web1:\n    - one\n    ..two\n'],
    [{ web1: { b: 1, a: 'x' } }, 'web1:\n    ----------\n    a:\n        x\n    b:\n        1\n'],
    [{ web1: [{ a: 1 }] }, 'web1:\n    |_\n      ----------\n      a:\n          1\n'],
    [{ web1: [['a', 'b'], 'c'] }, 'web1:\n    |_\n      - a\n      - b\n    - c\n'],
    [{ web1: {} }, 'web1:\n    ----------\n'],
    [['web1', 'web2'], '- web1\n- web2\n'],
    [null, 'None\n'],
    [{ x: new PyFloat(1) }, 'x:\n    1.0\n'],
    [{ x: new PyTuple(['a']) }, 'x:\n    - a\n'],
  ])('prints %j as Salt does', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it('is coloured on a terminal only, and not with NO_COLOR', () => {
    const value = fromPlain({ web1: true });
    expect(nested(value, paintFor(true, {}))).toContain('\u001b[');
    expect(nested(value, paintFor(true, { NO_COLOR: '1' }))).not.toContain('\u001b[');
    expect(nested(value, paintFor(false, {}))).not.toContain('\u001b[');
  });
});

describe('the other formats', () => {
  const value = fromPlain({ b: [1, null], a: 'é' });

  it('json is one line in the order of the data', () => {
    expect(formatValue(value, 'json', plainPaint)).toBe('{"b": [1, null], "a": "é"}\n');
  });

  it('pretty is indented and sorted', () => {
    expect(formatValue(value, 'pretty', plainPaint)).toBe(
      '{\n    "a": "é",\n    "b": [\n        1,\n        null\n    ]\n}\n',
    );
  });

  it('yaml can be read back', () => {
    expect(formatValue(value, 'yaml', plainPaint)).toBe('b:\n  - 1\n  - null\na: é\n');
  });
});

describe('the line of an event', () => {
  const line = (tag: string, data: object, cause?: { event: string; rule: string }): string =>
    eventLine(
      {
        id: 'log-7',
        tag,
        data: fromPlain(data) as ValueMap,
        head: cause === undefined ? null : { cause, depth: 1 },
      },
      plainPaint,
    );

  it('names the job, the failure and the cause', () => {
    const jid = '20260102030405000001';
    const ret = {
      id: 'web1',
      fun: 'service.status',
      fun_args: ['nginx'],
      return: false,
      retcode: 1,
      success: false,
    };
    expect(line(`salt/job/${jid}/ret/web1`, ret)).toBe(
      `return of job ${jid} from web1: service.status nginx FAILED, retcode 1: false (event log-7)`,
    );
    const job = { fun: 'service.restart', arg: ['nginx', { __kwarg__: true, x: 1 }], minions: ['web1'] };
    expect(line(`salt/job/${jid}/new`, job, { event: 'log-6', rule: 'restart' })).toBe(
      `job ${jid}: service.restart nginx x=1 on web1 (event log-7, caused by log-6 through restart)`,
    );
  });

  it('shows any other event with its data', () => {
    expect(line('acme/hello', { a: 1, _stamp: 'now' })).toBe('acme/hello {"a": 1} (event log-7)');
  });

  it('is one short line without control characters, whatever the event holds', () => {
    const evil = '\u001b[2J\u009b31m\nsecond';
    for (const tag of [
      'salt/auth',
      `a/${evil}`,
      'salt/job/1/ret/x',
      'salt/job/1/new',
      `salt/minion/${evil}/start`,
    ]) {
      const shown = line(tag, { id: evil, act: evil, fun: evil, fun_args: [evil], return: 'x'.repeat(9999) });
      // oxlint-disable-next-line no-control-regex
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      expect(shown.length).toBeLessThan(600);
    }
  });
});

describe('the line of a reaction', () => {
  const settled: TraceEvent = {
    kind: 'reaction.settled',
    reaction: 'log-7.0',
    jid: '20260102030405000002',
    rule: 'restart',
    event: 'log-7',
    action: 'local service.restart on web1',
    repeated: false,
    attempts: 1,
  };

  it('links the event, the rule and the job', () => {
    expect(reactionLine(settled, plainPaint)).toBe(
      'reaction log-7.0: local service.restart on web1 accepted (job 20260102030405000002, rule restart, event log-7)',
    );
    expect(toPlain(reactionRecord(settled) ?? new Map())).toMatchObject({
      reaction: 'log-7.0',
      outcome: 'done',
      jid: '20260102030405000002',
    });
  });

  it('is not there for what is no reaction', () => {
    expect(reactionLine({ kind: 'bus.published', count: 1 }, plainPaint)).toBeNull();
    expect(reactionRecord({ kind: 'bus.published', count: 1 })).toBeNull();
  });
});
