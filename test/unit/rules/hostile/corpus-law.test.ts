import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Action, type LowChunk, textAt, type Value } from '../../../../src/core/index.ts';
import { slsContext } from '../../../../src/engine/index.ts';
import { type Context, compileSls, type SlsTemplate } from '../../../../src/render/index.ts';
import { compileTemplate, type JinjaTemplate } from '../../../../src/render/jinja/template.ts';
import { Collector } from '../../../../src/render/prepared/collector.ts';
import { RenderFailure } from '../../../../src/render/types.ts';
import { actionOf, compileHigh, type SaltFacts } from '../../../../src/rules/index.ts';
import { envOf } from '../../../differential/support/brine.ts';
import { type Case, corpus } from '../../../differential/support/corpus.ts';
import { testSeed } from '../../../support/test-seed.ts';
import { yaml } from '../salt/high.ts';
import { type Choice, choice, holdsToken, replaced, replacedTag } from './data.ts';
import { intrusion } from './structure.ts';

const facts: SaltFacts = { grains: new Map(), opts: new Map(), environ: new Map() };

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly event: Case;
  readonly template: JinjaTemplate;
  readonly sls: SlsTemplate;
}

/** Files that do not take what is sent for structure, or for an order, by their own words, each with each of its events. */
const subjects: Subject[] = corpus().flatMap((event) =>
  Object.entries(event.files).flatMap(([file, text]): Subject[] => {
    if (text.startsWith('#!') || /\|\s*(?:load_(?:yaml|json)|dictsort)/.test(text)) return [];
    const env = envOf(event.roots);
    const template = compileTemplate({ file, text }, env);
    const sls = compileSls({ file, text }, env);
    return template.ok && sls.ok
      ? [{ name: event.name, file, event, template: template.value, sls: sls.value }]
      : [];
  }),
);

interface Outcome {
  /** What the author's text came to: the way through the template. */
  readonly path: string | null;
  readonly high: Value | undefined;
  readonly chunks: readonly LowChunk[];
}

function outcome(subject: Subject, chosen: Choice, harmless: boolean): Outcome {
  const { event, file, template, sls } = subject;
  const data = replaced(event.data, chosen, harmless);
  const tag = replacedTag(event.tag, chosen, harmless);
  const context = (): Context => slsContext({ id: 'e-1', seq: 1, atMs: 0, tag, data, head: {} }, file, facts);
  const collector = new Collector();
  try {
    template.run(context(), collector);
  } catch (error) {
    if (error instanceof RenderFailure) return { path: null, high: undefined, chunks: [] };
    throw error;
  }
  const rendered = sls.render(context());
  if (!rendered.ok) return { path: collector.out, high: undefined, chunks: [] };
  const { chunks } = compileHigh([{ file, high: rendered.value }]);
  return { path: collector.out, high: rendered.value, chunks };
}

/** Types and functions that no data took part in. */
function calls(chunks: readonly LowChunk[]): string[] {
  return chunks.map((chunk) => `${textAt(chunk, 'state')}.${textAt(chunk, 'fun')}`);
}

/** Where what would be called differs in more than data: the calls of chunks that no data chose. */
function dispatched(good: Outcome, evil: Outcome): string | null {
  const before = new Map(good.chunks.map((chunk) => [keyOf(chunk), chunk]));
  for (const chunk of evil.chunks) {
    const twin = before.get(keyOf(chunk));
    const action = actionOf(chunk, 'case.sls');
    if (twin === undefined || !action.ok) continue;
    const harmless = actionOf(twin, 'case.sls');
    if (!harmless.ok) return `${keyOf(chunk)}: is called only with hostile data`;
    const difference = intrusion(argumentsOf(harmless.value, twin), argumentsOf(action.value, chunk));
    if (difference !== null) return `${keyOf(chunk)}: ${difference}`;
  }
  return null;
}

function keyOf(chunk: LowChunk): string {
  return ['__id__', 'state', 'fun'].map((key) => textAt(chunk, key)).join(' ');
}

/** A text is walked by its characters where Salt wants a list, so its length is the number of arguments. */
function argumentsOf(action: Action, chunk: LowChunk): Value {
  if (action.kind === 'event') return [];
  const arg = typeof chunk.get('arg') === 'string' ? [] : [...action.arg];
  return [arg, action.kwarg];
}

test.each([
  ['another reaction', '{a: {runner.x.y: []}}', '{a: {runner.x.y: []}, evil: {runner.x.y: []}}'],
  ['another argument', '{a: {runner.x.y: [{tgt: harmless1}]}}', '{a: {runner.x.y: [{tgt: x}, {args: [1]}]}}'],
  ['another key', '{a: {runner.x.y: [{tgt: harmless1}]}}', '{a: {runner.x.y: [{tgt: x, ret: evil}]}}'],
  ['another ID', '{a: {runner.x.y: []}}', '{b: {runner.x.y: []}}'],
  ['structure', '{a: {runner.x.y: [{test: true}]}}', '{a: {runner.x.y: [{test: [x]}]}}'],
])('%s would be seen', (_what, harmless, hostile) => {
  expect(intrusion(yaml(harmless), yaml(hostile))).not.toBeNull();
  expect(intrusion(yaml(harmless), yaml(harmless))).toBeNull();
});

test(`hostile data adds nothing to what ${subjects.length} files and events ask for`, () => {
  const factor = Number(process.env['BRINE_GENERATED_RUNS'] ?? '1');
  const seed = testSeed;
  let compared = 0;
  fc.assert(
    fc.property(fc.nat(subjects.length - 1), choice, (index, chosen) => {
      const subject = subjects[index] as Subject;
      const [good, evil] = [outcome(subject, chosen, true), outcome(subject, chosen, false)];
      if (good.path === null || good.path !== evil.path) return;
      if (good.high === undefined || evil.high === undefined) return;
      compared += 1;
      expect(intrusion(good.high, evil.high), subject.name).toBeNull();
      expect(dispatched(good, evil), subject.name).toBeNull();
      if (good.chunks.length === 0) return;
      expect(evil.chunks.length, subject.name).toBeLessThanOrEqual(good.chunks.length);
      const allowed = calls(good.chunks);
      if (!allowed.some(holdsToken)) for (const call of calls(evil.chunks)) expect(allowed).toContain(call);
    }),
    { numRuns: Math.round(1_500 * factor), seed },
  );
  process.stdout.write(`hostile data: ${compared} pairs compared, seed ${seed}\n`);
  expect(compared).toBeGreaterThan(700 * Math.min(1, factor));
}, 600_000);
