import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { silentTelemetry } from '../../src/core/index.ts';
import { openEventLog, openStore } from '../../src/journal/index.ts';
import { systemClock, systemIds } from '../../src/system/index.ts';
import { temporaryFolder } from '../support/temp.ts';
import { seededRandom } from './support/random.ts';

const script = fileURLToPath(new URL('support/read-journals.ts', import.meta.url));
const ports = { clock: systemClock, telemetry: silentTelemetry };
const trials = 150;
/** What LMDB does with damaged pages of its own may end the process: nothing is lost silently then. */
const diedMax = trials / 20;

interface Answer {
  readonly found?: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

/** Reads journals in another process; null when that process did not survive it. */
class JournalReader implements AsyncDisposable {
  #child: ChildProcess | undefined;
  #lines: AsyncIterator<string> | undefined;

  async read(kind: 'events' | 'store', folder: string): Promise<Answer | null> {
    if (this.#child === undefined) {
      const child = spawn(process.execPath, ['--import', 'tsx', script], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      // It may die between an answer and the next question.
      child.stdin.on('error', () => undefined);
      this.#child = child;
      this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    }
    this.#child.stdin?.write(`${kind} ${folder}\n`);
    const line = await this.#lines?.next();
    if (line !== undefined && line.done !== true) return JSON.parse(line.value) as Answer;
    this.#child = undefined;
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child === undefined) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await gone;
  }
}

async function makeEvents(folder: string): Promise<void> {
  const ids = systemIds(systemClock);
  const log = await openEventLog(folder, { ...ports, ids, retentionMs: 1e13, retentionBytes: 1e13 });
  for (let n = 0; n < 200; n += 1) {
    const tags = Array.from({ length: 1 + (n % 20) }, (_, i) => `damage/${n}/${i}`);
    const bodies = tags.map((tag) => Buffer.from(tag.repeat(4)));
    await log.append([{ tags, bodies, heads: null }]);
  }
  await log.close();
}

async function makeStore(folder: string): Promise<void> {
  const store = await openStore(folder, ['jobs'], ports);
  for (let n = 0; n < 40; n += 1)
    await store.commit(
      Array.from({ length: 25 }, (_, i) => ({
        table: 'jobs',
        key: `${n}-${i}`,
        value: `job ${n} ${i} `.repeat(8),
      })),
    );
  await store.close();
}

test.each([
  ['events', makeEvents, 11],
  ['store', makeStore, 12],
] as const)(
  'a byte of the %s changed at random is recognised, or everything is still right',
  async (kind, make, seed) => {
    using folder = temporaryFolder();
    const whole = join(folder.path, 'whole');
    const copy = join(folder.path, 'copy');
    await make(whole);
    await using reader = new JournalReader();
    const right = (await reader.read(kind, whole))?.found;
    expect(right?.length).toBeGreaterThan(900);
    const random = seededRandom(seed);
    const bytes = readFileSync(join(whole, 'data.mdb'));
    const ends = { right: 0, damaged: 0, died: 0 };
    for (let trial = 0; trial < trials; trial += 1) {
      const at = Math.floor(random() * bytes.length);
      const flip = 1 + Math.floor(random() * 255);
      rmSync(copy, { recursive: true, force: true });
      mkdirSync(copy);
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ flip;
      writeFileSync(join(copy, 'data.mdb'), damaged);
      const answer = await reader.read(kind, copy);
      const what = `byte ${at} xor ${flip}`;
      if (answer === null) ends.died += 1;
      else if (answer.code !== undefined) {
        expect([what, answer.code]).toEqual([what, 'JOURNAL_DAMAGED']);
        ends.damaged += 1;
      } else {
        expect([what, answer.found]).toEqual([what, right]);
        ends.right += 1;
      }
    }
    expect(ends.right).toBeGreaterThan(trials / 10);
    expect(ends.damaged).toBeGreaterThan(trials / 10);
    expect(ends.died).toBeLessThanOrEqual(diedMax);
  },
);
