import { describe, expect, test } from 'vitest';
import { Dealer } from 'zeromq';
import {
  bindLink,
  connectLink,
  type KeyPair,
  type LinkClient,
  type LinkServer,
  newKeyPair,
  zapAuthenticator,
} from '../../../src/bus/index.ts';
import { clock, recorder, statusOf } from './support.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const code = (value: string): unknown => expect.objectContaining({ code: value });

interface Guarded extends AsyncDisposable {
  readonly endpoint: string;
  readonly keys: KeyPair;
  readonly allowed: Set<string>;
  connect(keys: KeyPair, serverKey?: string): LinkClient;
}

let domains = 0;

/** A CURVE server on loopback that answers `whoami`, and the keys that it allows. */
async function guarded(): Promise<Guarded> {
  domains += 1;
  const domain = `test-${domains}`;
  const keys = newKeyPair();
  const allowed = new Set<string>();
  const telemetry = recorder();
  const zap = await zapAuthenticator({ domain, isAllowed: (key) => allowed.has(key), telemetry });
  const endpoints = ['tcp://127.0.0.1:0'];
  const server: LinkServer = await bindLink({
    endpoints,
    curve: { ...keys, domain },
    bytesMax: 1 << 20,
    telemetry,
    clock,
  });
  server.handle('whoami', () => bytes(domain));
  server.accept();
  const endpoint = server.endpoints[0] as string;
  const clients: LinkClient[] = [];
  return {
    endpoint,
    keys,
    allowed,
    connect: (own, serverKey = keys.publicKey) => {
      const client = connectLink({ endpoint, curve: { ...own, serverKey }, clock });
      clients.push(client);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) await client.close();
      await server.close();
      await zap.close();
    },
  };
}

describe('a link with CURVE', () => {
  test('serves an accepted key', async () => {
    await using it = await guarded();
    const keys = newKeyPair();
    it.allowed.add(keys.publicKey);
    expect(await it.connect(keys).request('whoami', bytes(''), 10_000)).toHaveLength(6);
  });

  test('keeps out a key that is not accepted, says why, and lets it in once it is', async () => {
    await using it = await guarded();
    const keys = newKeyPair();
    const client = it.connect(keys);
    expect(await statusOf(client, 'lost')).toEqual({ kind: 'lost', reason: 'the key is not accepted' });
    await expect(client.request('whoami', bytes(''), 50)).rejects.toThrow(code('TIMEOUT'));
    it.allowed.add(keys.publicKey);
    await client.request('whoami', bytes(''), 10_000);
  });

  test('keeps out who shows an accepted public key without its secret', async () => {
    await using it = await guarded();
    const [known, own] = [newKeyPair(), newKeyPair()];
    it.allowed.add(known.publicKey);
    const client = it.connect({ publicKey: known.publicKey, secretKey: own.secretKey });
    expect(await statusOf(client, 'lost')).toMatchObject({ kind: 'lost' });
    await expect(client.request('whoami', bytes(''), 300)).rejects.toThrow(code('TIMEOUT'));
  });

  test('is not taken for another server: a wrong server key finds nobody', async () => {
    await using it = await guarded();
    const keys = newKeyPair();
    it.allowed.add(keys.publicKey);
    const client = it.connect(keys, newKeyPair().publicKey);
    expect(await statusOf(client, 'lost')).toMatchObject({ kind: 'lost' });
    await expect(client.request('whoami', bytes(''), 300)).rejects.toThrow(code('TIMEOUT'));
  });

  test('keeps out who speaks without encryption', async () => {
    await using it = await guarded();
    const client = connectLink({ endpoint: it.endpoint, clock });
    expect(await statusOf(client, 'lost')).toMatchObject({ kind: 'lost' });
    await expect(client.request('whoami', bytes(''), 300)).rejects.toThrow(code('TIMEOUT'));
    await client.close();
  });

  test('goes on after bytes that are no protocol at all', async () => {
    await using it = await guarded();
    const raw = new Dealer({ linger: 0 });
    raw.connect(it.endpoint);
    await raw.send('plain');
    raw.close();
    const keys = newKeyPair();
    it.allowed.add(keys.publicKey);
    await it.connect(keys).request('whoami', bytes(''), 10_000);
  });
});

test('several servers of one process have their own keys', async () => {
  await using first = await guarded();
  await using second = await guarded();
  const keys = newKeyPair();
  first.allowed.add(keys.publicKey);
  await first.connect(keys).request('whoami', bytes(''), 10_000);
  expect(await statusOf(second.connect(keys), 'lost')).toEqual({
    kind: 'lost',
    reason: 'the key is not accepted',
  });
});

test('a domain has one authenticator, and none when that is closed', async () => {
  const telemetry = recorder();
  const zap = await zapAuthenticator({ domain: 'once', isAllowed: () => true, telemetry });
  await expect(zapAuthenticator({ domain: 'once', isAllowed: () => true, telemetry })).rejects.toThrow(
    code('BAD_ARGUMENT'),
  );
  const keys = newKeyPair();
  const curve = { ...keys, domain: 'once' };
  const server = await bindLink({
    endpoints: ['tcp://127.0.0.1:0'],
    curve,
    bytesMax: 1000,
    telemetry,
    clock,
  });
  server.handle('whoami', () => bytes(''));
  server.accept();
  await zap.close();
  const endpoint = server.endpoints[0] as string;
  const client = connectLink({ endpoint, curve: { ...newKeyPair(), serverKey: keys.publicKey }, clock });
  await expect(client.request('whoami', bytes(''), 300)).rejects.toThrow(code('TIMEOUT'));
  await client.close();
  await server.close();
});

test('an authenticator that fails keeps everybody out and says so', async () => {
  const telemetry = recorder();
  const isAllowed = (): boolean => {
    throw new Error('the key store is broken');
  };
  const zap = await zapAuthenticator({ domain: 'broken', isAllowed, telemetry });
  const keys = newKeyPair();
  const curve = { ...keys, domain: 'broken' };
  const server = await bindLink({
    endpoints: ['tcp://127.0.0.1:0'],
    curve,
    bytesMax: 1000,
    telemetry,
    clock,
  });
  const endpoint = server.endpoints[0] as string;
  const client = connectLink({ endpoint, curve: { ...newKeyPair(), serverKey: keys.publicKey }, clock });
  expect(await statusOf(client, 'lost')).toMatchObject({ reason: 'the key is not accepted' });
  expect(telemetry.events).toContainEqual({
    kind: 'unexpected',
    where: 'zap',
    message: 'the key store is broken',
  });
  await client.close();
  await server.close();
  await zap.close();
});
