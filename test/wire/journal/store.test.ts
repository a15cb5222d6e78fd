import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PyFloat, PyTuple, silentTelemetry, type Value } from '../../../src/core/index.ts';
import { openStore, type Store } from '../../../src/journal/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const options = { clock: systemClock, telemetry: silentTelemetry };

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  const store = await openStore(folder.path, ['jobs', 'keys'], options);
  await work(store);
  await store.close();
}

const put = (key: string, value: Value) => ({ table: 'jobs', key, value });

test('ranges go forward and back, by prefix, from a key and with a limit', () =>
  withStore(async (store) => {
    await store.commit(['b/2', 'a/1', 'b/1', 'c', 'b/3', 'b'].map((key) => put(key, key)));
    const keys = (range: Parameters<Store['range']>[1]) =>
      [...store.range('jobs', range)].map(([key]) => key);
    expect(keys({})).toEqual(['a/1', 'b', 'b/1', 'b/2', 'b/3', 'c']);
    expect(keys({ prefix: 'b/' })).toEqual(['b/1', 'b/2', 'b/3']);
    expect(keys({ prefix: 'b/', reverse: true })).toEqual(['b/3', 'b/2', 'b/1']);
    expect(keys({ prefix: 'b/', from: 'b/2' })).toEqual(['b/2', 'b/3']);
    expect(keys({ prefix: 'b/', from: 'b/2', reverse: true })).toEqual(['b/2', 'b/1']);
    expect(keys({ reverse: true, limit: 2 })).toEqual(['c', 'b/3']);
    expect(keys({ from: 'b/25' })).toEqual(['b/3', 'c']);
    expect(store.count('jobs')).toBe(6);
    expect(store.count('keys')).toBe(0);
    await store.commit([
      { table: 'jobs', key: 'b/1', value: undefined },
      { table: 'keys', key: 'k', value: null },
    ]);
    expect(store.get('jobs', 'b/1')).toBeUndefined();
    expect(store.get('keys', 'k')).toBeNull();
  }));

test('a commit that cannot be stored changes nothing and harms no other', () =>
  withStore(async (store) => {
    const bad = store.commit([put('good', 1), put('bad\0key', 2)]);
    const unknown = store.commit([{ table: 'nowhere', key: 'k', value: 1 }]);
    const fine = store.commit([put('fine', 3)]);
    await expect(bad).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(unknown).rejects.toBeInstanceOf(TypeError);
    await fine;
    expect([...store.range('jobs', {})]).toEqual([['fine', 3]]);
  }));

test('commits take effect in call order', () =>
  withStore(async (store) => {
    const order: number[] = [];
    const commits = Array.from({ length: 500 }, (_, i) =>
      store.commit([put('counter', i)]).then(() => order.push(i)),
    );
    await Promise.all(commits);
    expect(order).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(store.get('jobs', 'counter')).toBe(499);
  }));

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x)),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 200n }),
  fc.string({ unit: 'binary' }),
  fc.integer().map((whole) => new PyFloat(whole)),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const anyValue = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new PyTuple(items)),
    fc.array(fc.tuple(scalar, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value;

test('any value comes back equal, with its types', () =>
  withStore(async (store) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyValue, { minLength: 1, maxLength: 20 }), async (values) => {
        await store.commit(values.map((value, i) => put(`k${i}`, value)));
        values.forEach((value, i) => {
          expect(store.get('jobs', `k${i}`)).toStrictEqual(value);
        });
      }),
      { numRuns: 60 },
    );
  }));

test.each([
  ['is something else', () => Buffer.from('this is no database'.repeat(1000))],
  ['is very short', () => Buffer.from('x')],
  ['was cut short', (whole: Buffer) => whole.subarray(0, 8192)],
])('a file that %s is refused with advice', async (_, damage) => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'data.mdb');
  const store = await openStore(folder.path, ['t'], options);
  await store.commit([{ table: 't', key: 'k', value: 'v'.repeat(3_000_000) }]);
  await store.close();
  writeFileSync(file, damage(readFileSync(file)));
  await expect(openStore(folder.path, ['t'], options)).rejects.toMatchObject({
    code: 'JOURNAL_DAMAGED',
    message: expect.stringContaining('Move that folder away'),
  });
});

test('a page that was overwritten is told as damage, not as nonsense', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'data.mdb');
  const store = await openStore(folder.path, ['t'], options);
  for (let i = 0; i < 200; i += 1)
    await store.commit([{ table: 't', key: `k${i}`, value: `value ${i} `.repeat(100) }]);
  await store.close();
  const bytes = readFileSync(file);
  // Everything but the two pages that name the root.
  bytes.fill(0, 8192);
  writeFileSync(file, bytes);
  const read = async () => {
    const again = await openStore(folder.path, ['t'], options);
    try {
      return [...again.range('t')];
    } finally {
      await again.close();
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
});
