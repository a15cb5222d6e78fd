import { describe, expect, it } from 'vitest';
import { everyday } from './everyday.cases.ts';
import { Recorder, render, run } from './harness.ts';
import { rendered } from './language.cases.ts';
import { refused } from './refused.cases.ts';

describe('the language, against what Jinja2 renders', () => {
  it.each([...rendered, ...everyday])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });
});

describe('the language, against what Jinja2 refuses', () => {
  it.each(refused)('%s', (text) => {
    const result = run(text);
    expect(result).not.toBeInstanceOf(Recorder);
    expect(result).toMatchObject({ code: expect.stringMatching(/^TEMPLATE_/), file: 'test.sls' });
  });
});

describe('names with special meaning', () => {
  it('does not reserve what nunjucks reserves', () => {
    expect(render('{% set null = 1 %}{{ null }}')).toBe('1');
    expect(render('{% set r = 8 %}{{ r/2 }}')).toBe('4.0');
    expect(render('a #} b { % } c')).toBe('a #} b { % } c');
  });
});
