import { describe, expect, it } from 'vitest';
import { pathsOf, splitAtAnd } from '../../../src/rules/native/condition.ts';

describe('parts of a condition', () => {
  it.each([
    ['a', ['a']],
    ['a and b and not c', ['a', 'b', 'not c']],
    ['a and (b and c)', ['a', '(b and c)']],
    ['a and b or c', ['a and b or c']],
    ['a if b and c else d', ['a if b and c else d']],
    ["'x and y' == a and b", ["'x and y' == a", 'b']],
    ['"\\" and " in a and [b and c][0]', ['"\\" and " in a', '[b and c][0]']],
    ['band and andy', ['band', 'andy']],
    ['a\n  and b', ['a', 'b']],
  ])('%j', (text, parts) => {
    const pieces = splitAtAnd(text);
    expect(pieces.map((piece) => piece.text)).toEqual(parts);
    for (const { text: piece, start } of pieces) expect(text.slice(start, start + piece.length)).toBe(piece);
  });
});

describe('names that a condition looks at', () => {
  it.each([
    ["data.fun == 'data.x'", ['data.fun']],
    ["data['return'] and data.a[0].b", ['data.return', 'data.a.0.b']],
    ["data.id.startswith('web')", ['data.id']],
    ["data.get('n', 0) > limit", ['data.n', 'limit']],
    ['data.n | default(3) | int > 5', ['data.n']],
    ['data.m is defined and data.k is not none', ['data.m', 'data.k']],
    ['data.p is divisibleby(3)', ['data.p']],
    ['data.a == data.a', ['data.a']],
    ['range(3) and true and not None', []],
    ["'%s' % tag in x", ['tag', 'x']],
    ['data["a.b"]["c\'d"]', ["data.a.b.c'd"]],
    ['1.5 > 2e3', []],
  ])('%j', (text, names) => {
    expect(pathsOf(text).map((path) => path.join('.'))).toEqual(names);
  });
});
