import { expect, test } from 'vitest';
import { type LinkClient, packValue, unpackValue } from '../../../src/bus/index.ts';
import {
  BrineError,
  type Outcome,
  outcomeToValue,
  type Reaction,
  reactionFromValue,
  type Value,
} from '../../../src/core/index.ts';
import { brinePlane } from '../../../src/reactor/index.ts';

function linkOf(answer: (reactions: Reaction[]) => Outcome[]): LinkClient {
  return {
    request: async (verb, payload) => {
      expect(verb).toBe('submit');
      const reactions = (unpackValue(payload) as Value[]).map(reactionFromValue);
      return packValue(answer(reactions).map(outcomeToValue));
    },
    onPush: () => undefined,
    onStatus: () => undefined,
    close: async () => undefined,
  };
}

function reaction(number: number, tgt: Value = 'web*'): Reaction {
  return {
    id: `log-${number}.0`,
    jid: `2026112216000000000${number}`,
    cause: { event: `log-${number}`, rule: 'r' },
    depth: 2,
    action: {
      kind: 'local',
      fun: 'test.ping',
      tgt,
      tgtType: 'glob',
      arg: [1, 'two'],
      kwarg: new Map([['x', null]]),
      ret: '',
      timeoutS: 5,
      metadata: null,
    },
  };
}

const done = (r: Reaction): Outcome => ({ ok: true, repeated: true, jid: r.jid, detail: ['web1'] });

test('reactions and outcomes cross the link whole', async () => {
  const seen: Reaction[] = [];
  const plane = brinePlane(
    linkOf((reactions) => {
      seen.push(...reactions);
      return reactions.map(done);
    }),
  );
  const sent = [reaction(1), reaction(2)];
  expect(await plane.submit(sent)).toEqual(sent.map(done));
  expect(seen).toEqual(sent);
});

test('a master that is away is thrown, so that everything is tried again later', async () => {
  const plane = brinePlane(
    linkOf(() => {
      throw new BrineError('TIMEOUT', 'no answer');
    }),
  );
  await expect(plane.submit([reaction(1)])).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('one reaction that the master refuses spoils no other', async () => {
  const plane = brinePlane(
    linkOf((reactions) => {
      if (reactions.some(({ id }) => id === 'log-2.0')) throw new BrineError('BAD_MESSAGE', 'too odd');
      return reactions.map(done);
    }),
  );
  const outcomes = await plane.submit([reaction(1), reaction(2), reaction(3)]);
  expect(outcomes).toEqual([
    done(reaction(1)),
    { ok: false, retryable: false, reason: 'refused', message: 'too odd' },
    done(reaction(3)),
  ]);
});
