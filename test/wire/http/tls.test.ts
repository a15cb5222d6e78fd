import { execFileSync } from 'node:child_process';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temp.ts';
import { World } from './support.ts';

const openssl = process.env['OPENSSL'] ?? 'openssl';

/** A self-signed certificate and its key, made by the system's openssl. */
function certificate(folder: string, name: string): void {
  const [key, crt] = [join(folder, 'api.key'), join(folder, 'api.crt')];
  const subject = ['-subj', `/CN=${name}`];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync(openssl, ['req', ...kind, ...subject, '-keyout', key, '-out', crt], { stdio: 'ignore' });
}

/** The name in the certificate that the server shows now. */
function nameShown(port: number, options: { maxVersion?: 'TLSv1.1' } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on('error', reject);
  });
}

describe('TLS', () => {
  it('takes a renewed certificate without a restart and keeps the old one when the new one is broken', async () => {
    using folder = temporaryFolder();
    certificate(folder.path, 'first');
    const files = { ssl_crt: join(folder.path, 'api.crt'), ssl_key: join(folder.path, 'api.key') };
    await using world = new World(files);
    await world.startApi();
    expect(world.url).toMatch(/^https:/);
    expect(await nameShown(world.port)).toBe('first');
    await expect(nameShown(world.port, { maxVersion: 'TLSv1.1' })).rejects.toThrow();
    certificate(folder.path, 'second');
    await expect.poll(() => nameShown(world.port), { timeout: 20_000 }).toBe('second');
    execFileSync('sh', ['-c', `echo nonsense > ${files.ssl_key}`]);
    const refused = (): unknown => world.traces.find(({ kind }) => kind === 'unexpected');
    await expect.poll(refused, { timeout: 20_000 }).toMatchObject({ where: 'api tls' });
    expect(await nameShown(world.port)).toBe('second');
  });

  it('ends connections whose handshake does not come', async () => {
    using folder = temporaryFolder();
    certificate(folder.path, 'silent');
    const files = { ssl_crt: join(folder.path, 'api.crt'), ssl_key: join(folder.path, 'api.key') };
    await using world = new World({ ...files, header_timeout: 1 });
    await world.startApi();
    let closed = false;
    const socket = connectPlain({ port: world.port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      closed = true;
    });
    socket.resume();
    await expect.poll(() => closed, { timeout: 20_000 }).toBe(true);
    expect(await nameShown(world.port)).toBe('silent');
  });

  it('does not start with files that are no certificate', async () => {
    await using world = new World({ ssl_crt: '/nowhere/a', ssl_key: '/nowhere/b' });
    await expect(world.startApi()).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});
