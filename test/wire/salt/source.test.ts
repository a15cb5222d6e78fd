import { describe, expect, test } from 'vitest';
import { packData, unpackData } from '../../../src/bus/index.ts';
import { type EventHead, mapOf, type Plain, toPlain, type Value } from '../../../src/core/index.ts';
import type { SaltSource } from '../../../src/salt/index.ts';
import { eventually } from '../../support/brine.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { FakeSalt, sourceFor } from './fake-salt.ts';

interface Logged {
  readonly tag: string;
  readonly data: Record<string, Plain>;
  readonly head: EventHead | null;
}

function logged(source: SaltSource): Logged[] {
  return source.log.read(1, 1 << 30).flatMap(({ tags, bodies, heads }) =>
    tags.map((tag, i) => ({
      tag,
      data: toPlain(unpackData(bodies[i] as Uint8Array)) as Record<string, Plain>,
      head: heads?.[i] ?? null,
    })),
  );
}

const tagsOf = (source: SaltSource): string[] => logged(source).map(({ tag }) => tag);
const isIn = (source: SaltSource, tag: string) => () => (tagsOf(source).includes(tag) ? true : undefined);
const isReady = (source: SaltSource) => () => (source.status().get('fires') === null ? undefined : true);
const jid = (n: number): string => `2026010100000000000${n}`;

async function besides(
  work: (fake: FakeSalt, source: SaltSource) => Promise<void>,
  more = {},
): Promise<void> {
  using folder = temporaryFolder();
  await using fake = await FakeSalt.start(folder.path);
  const source = await sourceFor(fake, more);
  try {
    await work(fake, source);
  } finally {
    await source.stop();
  }
}

describe('the bus of a Salt master', () => {
  test('is in our log before anybody decides, and probes are not', () =>
    besides(async (fake, source) => {
      await fake.open();
      source.start();
      await eventually(isReady(source), 'a connection');
      fake.emit('acme/a', { n: 1, _stamp: '2026-01-01T00:00:00.000001' });
      fake.emit('acme/b', { n: 2 });
      await eventually(isIn(source, 'acme/b'), 'the events');
      expect(tagsOf(source)).toEqual(['acme/a', 'acme/b']);
      expect(toPlain(source.status())).toMatchObject({
        connected: true,
        reads: 'plain',
        fires: 'prefixed',
        gaps: 0,
      });
    }));

  test('is connected to again, which the log says, and a master of another framing is noticed', () =>
    besides(async (fake, source) => {
      await fake.open({ pub: 'plain', pull: 'plain' });
      source.start();
      await eventually(isReady(source), 'a connection');
      expect(source.status().get('fires')).toBe('plain');
      await fake.close();
      await eventually(() => (source.status().get('connected') === false ? true : undefined), 'the loss');
      await fake.open({ pub: 'prefixed', pull: 'prefixed' });
      await eventually(
        () => (source.status().get('fires') === 'prefixed' ? true : undefined),
        'the other framing',
      );
      expect(source.status().get('reads')).toBe('prefixed');
      expect(logged(source)[0]).toMatchObject({
        tag: 'brine/gap',
        data: { source: 'salt-ipc', reason: 'the master closed the connection' },
      });
      await source.sender.send('acme/c', packData(mapOf({ n: 3 })), { depth: 4 });
      await eventually(isIn(source, 'acme/c'), 'our event');
      expect(logged(source).at(-1)).toMatchObject({ tag: 'acme/c', head: { depth: 4 } });
    }));

  test('is left when another process has put its socket in the place of the old one', () =>
    besides(async (fake, source) => {
      await fake.open();
      source.start();
      await eventually(isReady(source), 'a connection');
      // The old sockets stay open, as those of a publisher that outlives its killed master.
      await using younger = await FakeSalt.start(fake.dir);
      await younger.open();
      await eventually(() => (younger.readers > 0 ? true : undefined), 'a connection to the new socket');
      younger.emit('acme/new', {});
      await eventually(isIn(source, 'acme/new'), 'an event of the new master');
      expect(logged(source)[0]).toMatchObject({
        data: { reason: 'another process has put its socket there' },
      });
    }));

  test('passes on nothing that a cluster peer has forwarded, unless that is wished for', async () => {
    const mixed = async (fake: FakeSalt, source: SaltSource): Promise<void> => {
      await fake.open();
      source.start();
      await eventually(isReady(source), 'a connection');
      fake.emit('acme/peer', { __peer_id: 'other', n: 1 });
      fake.emit('acme/own', { text: 'says __peer_id', deeper: mapOf({ __peer_id: 'x' }) });
      await eventually(isIn(source, 'acme/own'), 'the last event');
    };
    await besides(async (fake, source) => {
      await mixed(fake, source);
      expect(tagsOf(source)).toEqual(['acme/own']);
      expect(source.status().get('from_peers')).toBe(1);
    });
    await besides(
      async (fake, source) => {
        await mixed(fake, source);
        expect(tagsOf(source)).toEqual(['acme/peer', 'acme/own']);
      },
      { peerEvents: true },
    );
  });

  test('says in the log where an event was too large, and passes over what is no event', () =>
    besides(
      async (fake, source) => {
        await fake.open();
        source.start();
        await eventually(isReady(source), 'a connection');
        fake.emit('acme/huge', { text: 'x'.repeat(100_000) });
        fake.emit('a\nb', {});
        fake.emit('acme/after', {});
        await eventually(isIn(source, 'acme/after'), 'the event behind them');
        expect(tagsOf(source)).toEqual(['brine/gap', 'acme/after']);
        expect(logged(source)[0]?.data).toMatchObject({ lost: 1 });
        expect(source.status().get('refused')).toBe(2);
      },
      { eventBytesMax: 50_000 },
    ));
});

describe('returns', () => {
  const returned = (n: number): Record<string, Value> => ({
    id: 'web1',
    jid: jid(n),
    return: n,
    fun: 'test.arg',
  });

  test('that a minion sends again are taken once', () =>
    besides(async (fake, source) => {
      await fake.open();
      source.start();
      await eventually(isReady(source), 'a connection');
      for (const n of [1, 2, 1, 1]) fake.emit(`salt/job/${jid(n)}/ret/web1`, returned(n));
      fake.emit('acme/end', {});
      await eventually(isIn(source, 'acme/end'), 'the last event');
      expect(tagsOf(source)).toEqual([
        `salt/job/${jid(1)}/ret/web1`,
        `salt/job/${jid(2)}/ret/web1`,
        'acme/end',
      ]);
      expect(source.status().get('repeated')).toBe(2);
    }));

  test('that were missed are brought back from the job cache, those that were not are not', () =>
    besides(async (fake, source) => {
      await fake.open();
      source.start();
      await eventually(isReady(source), 'a connection');
      source.book.expect(jid(2), { cause: { event: 'e-1', rule: 'r' }, depth: 1 });
      fake.emit(`salt/job/${jid(1)}/ret/web1`, returned(1));
      await eventually(isIn(source, `salt/job/${jid(1)}/ret/web1`), 'the first return');
      await fake.close();
      await eventually(() => (source.status().get('connected') === false ? true : undefined), 'the loss');
      const load = { fun: 'test.arg', arg: [7], user: 'root' };
      for (const n of [1, 2]) fake.store(jid(n), 'web1', { return: n, retcode: 0, success: true }, load);
      const run = mapOf({ fun: 'runner.test.arg', jid: jid(3), return: 3, success: true });
      fake.store(jid(3), 'm_master', { return: run }, { fun: 'runner.test.arg', arg: [] });
      await fake.open();
      await eventually(isIn(source, 'brine/gap/recovered'), 'the end of the recovery');
      // The bus may bring it after all.
      fake.emit(`salt/job/${jid(2)}/ret/web1`, returned(2));
      fake.emit('acme/end', {});
      await eventually(isIn(source, 'acme/end'), 'the last event');
      const [, gap, ...rest] = logged(source);
      expect(gap?.tag).toBe('brine/gap');
      expect(new Set(rest.map(({ tag }) => tag))).toEqual(
        new Set([`salt/job/${jid(2)}/ret/web1`, `salt/run/${jid(3)}/ret`, 'brine/gap/recovered', 'acme/end']),
      );
      expect(rest.length).toBe(4);
      const job = rest.find(({ tag }) => tag.startsWith('salt/job/'));
      expect(job).toMatchObject({
        data: {
          id: 'web1',
          jid: jid(2),
          return: 2,
          retcode: 0,
          fun: 'test.arg',
          fun_args: [7],
          recovered: true,
        },
        head: { depth: 1, cause: { event: 'e-1', rule: 'r' } },
      });
      expect(source.status().get('recovered')).toBe(2);
    }));
});
