import type { Event, LowChunk, Value } from '../../../src/core/index.ts';
import { slsContext } from '../../../src/engine/index.ts';
import { compileSls, type RenderEnv, type Rendered } from '../../../src/render/index.ts';
import { compileHigh, type HighFile, type SaltFacts, type SaltRelease } from '../../../src/rules/index.ts';
import type { Case } from './corpus.ts';
import { encoded } from './encode.ts';
import type { Answer } from './salt.ts';

/** What the driver's master has is the host's; no case looks at it. */
const facts: SaltFacts = { grains: new Map(), opts: new Map(), environ: new Map() };

/** Generous limits: the suite compares meaning. */
export function envOf(roots: Readonly<Record<string, string>>, allowUndefined = false): RenderEnv {
  return {
    stepsMax: 2_000_000,
    bytesMax: 20_000_000,
    allowUndefined,
    load: (path) => {
      const file = path.replace(/^(?:salt:\/\/|\.\/)/, '');
      const text = roots[file];
      return text === undefined ? null : { file, text };
    },
  };
}

/** An answer as the driver writes it, and the chunks that it tells of. */
export interface BrineAnswer extends Answer {
  readonly low?: readonly LowChunk[];
}

/** What Brine makes of the files of a case; whatever it throws is a bug. */
export function brineAnswer(test: Case, release: SaltRelease): BrineAnswer {
  try {
    return compileCase(test, release);
  } catch (error) {
    return { crashed: String(error) };
  }
}

function compileCase(test: Case, release: SaltRelease): BrineAnswer {
  const high: HighFile[] = [];
  const refusals: string[] = [];
  for (const file of Object.keys(test.files)) {
    const rendered = renderFile(file, test);
    if (rendered.ok) high.push({ file, high: rendered.value });
    else refusals.push(...rendered.problems.map(({ code, message }) => `${code}: ${message}`));
  }
  const compiled = compileHigh(high, release);
  for (const { severity, code, message } of compiled.problems)
    if (severity === 'error') refusals.push(`${code}: ${message}`);
  const answer: BrineAnswer = { chunks: compiled.chunks.map(encoded), low: compiled.chunks };
  const [refused] = refusals;
  return refused === undefined ? answer : { ...answer, refused };
}

function renderFile(file: string, test: Case): Rendered<Value> {
  const compiled = compileSls({ file, text: test.files[file] ?? '' }, envOf(test.roots));
  if (!compiled.ok) return compiled;
  const event: Event = { id: 'case-1', seq: 1, atMs: 0, tag: test.tag, data: test.data, head: {} };
  return compiled.value.render(slsContext(event, file, facts));
}
