import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/engine/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { loadClean } from '../rules/memory-files.ts';
import { eventOf } from './events.ts';

const reasonFor = (glob: string, tag: string): string => {
  const ruleSet = loadClean(`rules: {a: {on: ${JSON.stringify(glob)}, do: [runner.jobs.active]}}`);
  return explain(ruleSet, emptyFlowState, eventOf(tag), 0, true)[0]?.reason ?? '';
};

describe('explain', () => {
  const ruleSet = loadClean(`rules:
  a: {on: x/*, do: [runner.jobs.active]}
  b: {on: [y/*, z], do: [runner.jobs.active]}`);

  it('lists the rules that watch the tag, and with all the others too', () => {
    expect(explain(ruleSet, emptyFlowState, eventOf('x/1'), 0, false).map(({ rule }) => rule)).toEqual(['a']);
    expect(explain(ruleSet, emptyFlowState, eventOf('x/1'), 0, true)).toMatchObject([
      { rule: 'a', verdict: 'fired' },
      { rule: 'b', verdict: 'no-match', reason: 'the tag does not match y/* nor z' },
    ]);
  });

  it.each([
    ['acme/Deploy', 'acme/deploy', 'upper and lower case'],
    ['acme/deploy ', 'acme/deploy', 'spaces'],
    ['acme/deploy', 'acme/deploy/web1', 'no * at its end'],
    ['acme/deploy', 'acme/deployed', 'longer'],
    ['deploy', 'acme/deploy', 'no * in front'],
    ['acme/*/', 'acme/deploy', '/ at the end'],
    ['acme/{a,b}', 'acme/a', 'ordinary'],
  ])('says why %j misses %j by a hair', (glob, tag, words) => {
    expect(reasonFor(glob, tag)).toContain(words);
  });

  it('says no more than it knows', () => {
    expect(reasonFor('other/*', 'acme/deploy')).toBe('the tag does not match other/*');
  });
});
