import { describe, expect, it } from 'vitest';
import { connectLink, fingerprint, newKeyPair } from '../../../src/bus/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { ask, attached, endpointOf, FakeMinion, startMaster } from './support.ts';

describe('keys of minions', () => {
  it('pend until an operator accepts them, and each step is an event', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = new FakeMinion('web1');
    expect(await minion.enrol(test.master)).toBe('pend');
    expect(await minion.enrol(test.master)).toBe('pend');
    const accepted = await test.askMap('wheel', { fun: 'key.accept', arg: ['web*'], kwarg: {}, user: 'ann' });
    expect(accepted).toMatchObject({ success: true, return: { minions: ['web1'] } });
    expect(await minion.enrol(test.master)).toBe('accept');

    const auth = await test.events(/^salt\/auth$/, 3);
    expect(auth.map(({ data }) => [data['result'], data['act'], data['id'], data['pub']])).toEqual([
      [true, 'pend', 'web1', minion.keys.publicKey],
      [true, 'pend', 'web1', minion.keys.publicKey],
      [true, 'accept', 'web1', minion.keys.publicKey],
    ]);
    const [key] = await test.events(/^salt\/key$/);
    expect(key?.data).toMatchObject({
      result: true,
      act: 'accepted',
      id: 'web1',
      pub: minion.keys.publicKey,
    });
    const wheel = await test.events(/^salt\/wheel\//, 2);
    expect(wheel.map(({ tag }) => tag.split('/').at(-1))).toEqual(['new', 'ret']);
    expect(wheel[1]?.data).toMatchObject({ fun: 'wheel.key.accept', user: 'ann', success: true });
  });

  it('denies another key under a known id, and keeps the first', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    const owner = new FakeMinion('web1');
    const thief = new FakeMinion('web1');
    await test.ask('introduce', { id: 'web1', public_key: owner.keys.publicKey });
    expect(await thief.enrol(test.master)).toBe('denied');
    expect(await owner.enrol(test.master)).toBe('accept');
    const denied = (await test.events(/^salt\/auth$/, 2)).find(({ data }) => data['act'] === 'denied');
    expect(denied?.data).toMatchObject({ result: false, id: 'web1', pub: thief.keys.publicKey });
    const list = await test.askMap('wheel', { fun: 'key.list_all', arg: [], kwarg: {}, user: 'ann' });
    expect(list['return']).toMatchObject({ minions: ['web1'], minions_denied: ['web1'], minions_pre: [] });
  });

  it('refuses a key whose secret the minion does not hold, without an event', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    const minion = new FakeMinion('web1');
    await expect(minion.enrol(test.master, newKeyPair().publicKey)).rejects.toMatchObject({
      code: 'KEY_REFUSED',
    });
    expect(await test.eventsUntilNow(/^salt\/auth$/)).toEqual([]);
  });

  it('accepts a listed id and fingerprint at sight, and the same id with another key not', async () => {
    using folder = temporaryFolder();
    const good = new FakeMinion('web1');
    const bad = new FakeMinion('web1');
    const autoAccept = [{ id: 'web1', fingerprint: fingerprint(good.keys.publicKey).toUpperCase() }];
    await using test = await startMaster(folder.path, { autoAccept });
    expect(await bad.enrol(test.master)).toBe('pend');
    expect(await good.enrol(test.master)).toBe('denied');
    await test.ask('wheel', { fun: 'key.delete', arg: ['web1'], kwarg: {}, user: 'ann' });
    expect(await good.enrol(test.master)).toBe('accept');
  });

  it('refuses ids that could stand for something else', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    for (const id of ['', 'a/b', '../x', 'a b', 'a\nb', 'x'.repeat(256)])
      await expect(new FakeMinion(id).enrol(test.master)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });

  it('ends the session of a minion whose key is deleted', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = await attached(test, 'web1');
    await minion.work('ping', {});
    await test.ask('wheel', { fun: 'key.delete', arg: ['web1'], kwarg: {}, user: 'ann' });
    expect(await minion.dismissed()).toContain('no longer accepted');
    await expect(minion.work('ping', {})).rejects.toMatchObject({ code: 'KEY_REFUSED' });
    await expect(minion.attach(test.master)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });

  it('keeps everybody without an accepted key off the work socket', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = new FakeMinion('web1');
    expect(await minion.enrol(test.master)).toBe('pend');
    for (const curve of [{ ...minion.keys, serverKey: test.master.publicKey }, undefined]) {
      const link = connectLink({
        endpoint: endpointOf(test.master, 'work'),
        clock: systemClock,
        ...(curve === undefined ? {} : { curve }),
      });
      await expect(ask(link, 'attach', { id: 'web1', nonce: 'n' }, 700)).rejects.toMatchObject({
        code: 'TIMEOUT',
      });
      await link.close();
    }
  });

  it('lets no accepted minion attach as another, nor use a token of another connection', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using one = await attached(test, 'web1');
    await using two = await attached(test, 'web2');
    await expect(two.attach(test.master, {}, 'web1')).rejects.toMatchObject({ code: 'KEY_REFUSED' });
    await two.attach(test.master);
    await one.work('ping', {});
    const stolen = new FakeMinion('web1', one.keys);
    stolen.connect(test.master);
    await expect(stolen.work('ping', { token: one.token })).rejects.toMatchObject({ code: 'KEY_REFUSED' });
    await stolen.disconnect();
  });

  it('makes a key pair that works, and tells fingerprints', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    const made = await test.askMap('wheel', { fun: 'key.gen_accept', arg: ['web9'], kwarg: {}, user: 'ann' });
    const { priv, pub } = made['return'] as { priv: string; pub: string };
    await using minion = new FakeMinion('web9', { publicKey: pub, secretKey: priv });
    expect(await minion.enrol(test.master)).toBe('accept');
    const finger = await test.askMap('wheel', { fun: 'key.finger', arg: ['*'], kwarg: {}, user: 'ann' });
    expect(finger['return']).toEqual({
      local: { 'master.pub': fingerprint(test.master.publicKey) },
      minions: { web9: fingerprint(pub) },
    });
  });
});
