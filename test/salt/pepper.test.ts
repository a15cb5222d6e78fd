import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything, World } from '../wire/http/support.ts';
import { missingPepper, type Peppered, pepper } from './support/pepper.ts';

const reason = missingPepper();

describe('pepper, against Brine’s API', () => {
  let world: World;

  beforeAll(async () => {
    if (reason !== null) return;
    world = await World.open();
    await world.user('reader', { ...everything, perms: ['test.*'] });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  /** Skipped by name on a laptop without pepper; fails in CI. */
  const peppered = (name: string, body: () => Promise<void>): void => {
    if (reason === null) test(name, body);
    else if (process.env['CI'] === 'true')
      test(name, () => {
        throw new Error(reason);
      });
    else test.skip(`${name} (skipped: ${reason})`, () => undefined);
  };
  const as = (user: string, args: readonly string[], password = `${user}-secret`): Promise<Peppered> =>
    pepper(args, { url: world.url, user, password, folder: world.folder });
  const run = (...args: string[]): Promise<Peppered> => as('tester', args);
  const pong = { return: [{ m1: { jid: expect.stringMatching(/^\d{20}$/), ret: true, retcode: 0 } }] };

  peppered('runs test.ping everywhere', async () => {
    expect(await run('*', 'test.ping')).toMatchObject({ code: 0, stderr: '', json: pong });
  });

  peppered('targets by list, compound, glob of grains and not at all', async () => {
    for (const target of [
      ['-L', 'm1'],
      ['-C', 'm* and not web*'],
      ['-G', 'id:m*'],
      ['-E', 'm\\d'],
    ])
      expect(await run(...target, 'test.ping')).toMatchObject({ code: 0, json: pong });
    expect(await run('nobody', 'test.ping')).toMatchObject({ code: 0, json: { return: [{}] } });
  });

  peppered('hands on arguments and keywords', async () => {
    const { json } = await run('*', 'test.arg', 'a', '7', 'b=[1, x]');
    expect(json).toMatchObject({
      return: [{ m1: { ret: { args: ['a', '7'], kwargs: { b: [1, 'x'] } }, retcode: 0 } }],
    });
    const chunks = JSON.stringify([{ client: 'local', tgt: '*', fun: 'test.echo', arg: ['two words'] }]);
    expect((await run(`--json=${chunks}`)).json).toMatchObject({ return: [{ m1: { ret: 'two words' } }] });
  });

  peppered('runs a runner', async () => {
    expect((await run('--client=runner', 'manage.up')).json).toMatchObject({
      return: [{ data: { fun: 'runner.manage.up', return: ['m1'], success: true, user: 'tester' } }],
    });
  });

  peppered('runs a wheel', async () => {
    expect((await run('--client=wheel', 'key.list_all')).json).toMatchObject({
      return: [{ data: { return: { minions: ['m1'], minions_pre: [] }, success: true } }],
    });
  });

  peppered('starts a job and looks its returns up later', async () => {
    const { json } = await run('--client=local_async', '*', 'test.echo', 'later');
    const [started] = (json as { return: { jid: string; minions: string[] }[] }).return;
    expect(started?.minions).toEqual(['m1']);
    const lookUp = async (): Promise<unknown> =>
      (await run('--client=runner', 'jobs.lookup_jid', `jid=${started?.jid}`)).json;
    await expect
      .poll(lookUp, { timeout: 20_000 })
      .toMatchObject({ return: [{ data: { return: { m1: 'later' } } }] });
  });

  peppered('keeps a token, sends commands through /run, and runs in batches', async () => {
    const kept = ['-T', '-x', `${world.folder}/tokens`];
    for (const options of [kept, kept, ['-r'], ['--client=local_batch', '--batch=1']])
      expect(await run(...options, '*', 'test.ping')).toMatchObject({ code: 0, json: pong });
  });

  peppered('waits for every minion when it is asked to, and shows return codes', async () => {
    expect(await run('--fail-if-incomplete', '*', 'test.ping')).toMatchObject({ code: 0 });
    expect(await run('--fail-any', '*', 'test.ping')).toMatchObject({ code: 0 });
    expect((await run('*', 'test.nope')).json).toMatchObject({ return: [{ m1: { retcode: 1 } }] });
  });

  peppered('says that a login or a permission is refused', async () => {
    expect(await as('tester', ['*', 'test.ping'], 'wrong')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Authentication denied'),
    });
    expect(await as('reader', ['*', 'test.ping'])).toMatchObject({ code: 0, json: pong });
    const denied = await as('reader', ['*', 'cmd.run', 'id']);
    expect(denied.code).not.toBe(0);
    expect(denied.stdout + denied.stderr).not.toContain('uid=');
  });
});
