import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnmatch, globsOverlap } from '../../../src/match/index.ts';

describe('globsOverlap', () => {
  it.each([
    ['salt/job/*/ret/*', 'salt/job/*/ret/web[0-9]', true],
    ['salt/job/*/ret/*', 'salt/*/new', true],
    ['salt/job/*/new', 'salt/job/*/ret', false],
    ['a*', '*b', true],
    ['a?c', 'a[!b]c', true],
    ['a[bc]', 'a[de]', false],
    ['a[b-d]', 'a[d-f]', true],
    ['', '*', true],
    ['', '?', false],
    ['[z-a]*', '*', false],
    ['a[^]', 'a*', true],
  ])('%j and %j: %s', (a, b, overlap) => {
    expect(globsOverlap(a, b)).toBe(overlap);
    expect(globsOverlap(b, a)).toBe(overlap);
  });

  it('is true whenever a text matches both', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', '[ab]', '[!a]'), maxLength: 7 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 });
    fc.assert(
      fc.property(glob, glob, fc.array(text, { maxLength: 30 }), (a, b, texts) => {
        const both = texts.some((each) => fnmatch(each, a) && fnmatch(each, b));
        if (both) expect(globsOverlap(a, b)).toBe(true);
      }),
    );
  });

  it('is false when no short text matches both and neither has a star', () => {
    const glob = fc.string({
      unit: fc.constantFrom('a', 'b', '?', '[ab]', '[!a]'),
      minLength: 1,
      maxLength: 4,
    });
    const texts = ['a', 'b', 'c'].flatMap((x) => ['', 'a', 'b', 'c'].map((y) => x + y));
    const all = [...texts, ...texts.flatMap((x) => texts.map((y) => x + y))];
    fc.assert(
      fc.property(glob, glob, (a, b) => {
        expect(globsOverlap(a, b)).toBe(all.some((text) => fnmatch(text, a) && fnmatch(text, b)));
      }),
    );
  });
});
