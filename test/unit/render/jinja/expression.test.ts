import { describe, expect, it } from 'vitest';
import { PyTuple, type Value } from '../../../../src/core/index.ts';
import { compileExpression } from '../../../../src/render/jinja/expression.ts';
import { map, sample } from './harness.ts';

const env = { stepsMax: 10_000, bytesMax: 100_000, load: () => null };

function evaluate(text: string): unknown {
  const compiled = compileExpression({ file: 'rules.yaml', text, line: 7, column: 9 }, env);
  const result = compiled.ok ? compiled.value.evaluate(sample()) : compiled;
  return result.ok ? result.value : result.problems;
}

describe('expressions that stand alone', () => {
  it.each<readonly [string, Value]>([
    ["d.a == 1 and not d['n']", true],
    ['l[-1]', 3],
    ["'x'", 'x'],
    ["'a' ~ s", 'ahello'],
    ['d.keys()', ['a', 'b', '_stamp', 'n']],
    ['l|map("string")', ['1', '2', '3']],
    ['range(2)', [0, 1]],
    ['1, 2', new PyTuple([1, 2])],
    ["{'k': ['v', s]}", map({ k: ['v', 'hello'] })],
    ['d.zz|default(none)', null],
    ['{"}}": 1}["}}"]', 1],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  it.each([
    ['d.zz', 'TEMPLATE_UNDEFINED', 11],
    ['d.a +', 'TEMPLATE_SYNTAX', 14],
    ['d.a d', 'TEMPLATE_SYNTAX', 13],
    ['d|nope', 'TEMPLATE_UNKNOWN_FILTER', 11],
    ['1 / 0', 'TEMPLATE_VALUE', 11],
    ['', 'TEMPLATE_SYNTAX', 9],
  ])('%s is a problem at its place in the file', (text, code, column) => {
    expect(evaluate(text)).toMatchObject([{ code, file: 'rules.yaml', line: 7, column }]);
  });

  it('leaves the data as it was', () => {
    const context = sample();
    const compiled = compileExpression({ file: 'r', text: 'l.append(4)' }, env);
    expect(compiled.ok && compiled.value.evaluate(context)).toEqual({ ok: true, value: null });
    expect(context.get('l')).toEqual([1, 2, 3]);
  });
});
