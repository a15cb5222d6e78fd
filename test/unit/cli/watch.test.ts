import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publisherPrefixes, stateEventOptions, tagMatcher } from '../../../src/cli/watch.ts';
import { mapOf } from '../../../src/core/index.ts';

describe('which events state.event prints', () => {
  it.each([
    ['*', 'any/tag', true],
    ['salt/job/*', 'salt/job/1/ret', true],
    ['salt/job/*', 'my/salt/job/1', false],
    ['salt/job/\\d+', 'salt/job/12', true],
    ['salt/job/\\d+', 'salt/job/12/ret', false],
    ['a|b', 'axyz', true],
    ['a|b', 'xyzb', true],
    ['(', '(', true],
    ['(', 'x', false],
    ['web[1]', 'web1', true],
  ])('%s %s: %s', (expression, tag, expected) => {
    expect(tagMatcher(expression)(tag)).toBe(expected);
  });

  it.each([
    ['*', []],
    ['salt/job/*', ['salt/job']],
    ['salt/job/1', ['salt/job/1']],
    ['abc?', ['ab']],
    ['ab{2}', ['a']],
    ['my/[ab]', ['my/']],
    ['a|b', []],
    ['x*', []],
  ])('%s asks the publisher for %j', (expression, prefixes) => {
    expect(publisherPrefixes(expression)).toEqual(prefixes);
  });

  it('never asks for less than what matches', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ab/*?[]{}()|.+^$\\12')), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (expression, tag) => {
        const prefixes = publisherPrefixes(expression);
        if (tagMatcher(expression)(tag) && prefixes.length > 0)
          expect(prefixes.some((prefix) => tag.startsWith(prefix))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the arguments of state.event', () => {
  it('are Salt’s, by place or by name', () => {
    const usual = { tagMatch: '*', count: -1, quiet: false, form: 'line', node: 'master' };
    expect(stateEventOptions([], new Map())).toEqual(usual);
    expect(stateEventOptions(['a/*', 3, true], mapOf({ pretty: true, node: 'minion' }))).toEqual({
      tagMatch: 'a/*',
      count: 3,
      quiet: true,
      form: 'pretty',
      node: 'minion',
    });
  });

  it.each([
    [[], { tagmach: 'x' }, /Did you mean tagmatch/],
    [[], { count: 'three' }, /whole number/],
    [['a', 1, true, '/s', true, 'master', 'x'], {}, /at most 6/],
  ])('%j %j is refused', (arg, kwarg, message) => {
    expect(() => stateEventOptions(arg, mapOf(kwarg))).toThrow(message);
  });
});
