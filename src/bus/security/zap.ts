import { Reply } from 'zeromq';
import { BrineError, messageOf, type Telemetry } from '../../core/index.ts';
import { whenReleased } from '../link/release.ts';
import { z85 } from './z85.ts';

export interface ZapOptions {
  /** The domain of the sockets that this authenticator guards; one in a process. */
  readonly domain: string;
  /** Asked for each connection, with the key that the peer proved to hold. */
  isAllowed(publicKeyZ85: string): boolean;
  readonly telemetry: Telemetry;
}

export interface ZapAuthenticator {
  close(): Promise<void>;
}

// ZeroMQ asks one socket of a process for all its domains, so several masters in one process share it.
const domains = new Map<string, ZapOptions>();
let socket: Reply | undefined;
/** Settles when the last socket's address is free again. */
let released: Promise<void> = Promise.resolve();

/**
 * Decides which CURVE keys may connect to the sockets of a domain (ZeroMQ RFC 27). It must be there
 * before the first of them is bound. Throws BAD_ARGUMENT when the domain has an authenticator already.
 */
export async function zapAuthenticator(options: ZapOptions): Promise<ZapAuthenticator> {
  if (domains.has(options.domain))
    throw new BrineError('BAD_ARGUMENT', `The security domain ${options.domain} is in use.`);
  domains.set(options.domain, options);
  try {
    if (socket === undefined) await released;
    if (socket === undefined) listen();
  } catch (error) {
    domains.delete(options.domain);
    throw error;
  }
  return {
    close: async () => {
      if (domains.get(options.domain) !== options) return;
      domains.delete(options.domain);
      if (domains.size > 0) return;
      socket?.close();
      socket = undefined;
      await released;
    },
  };
}

function listen(): void {
  const reply = new Reply({ linger: 0 });
  released = whenReleased(reply);
  try {
    reply.bindSync('inproc://zeromq.zap.01');
  } catch (cause) {
    reply.close();
    throw new BrineError('UNSUPPORTED', 'Another library in this process decides about ZeroMQ keys.', {
      cause,
    });
  }
  socket = reply;
  void answerAll(reply);
}

async function answerAll(reply: Reply): Promise<void> {
  try {
    for await (const request of reply) await reply.send(answer(request));
  } catch (error) {
    if (reply.closed) return;
    for (const { telemetry } of domains.values())
      telemetry.emit({ kind: 'unexpected', where: 'zap', message: messageOf(error) });
  }
}

/** `[version, request id, domain, address, routing id, mechanism, key]` → the verdict's six frames. */
function answer(request: readonly Buffer[]): (string | Buffer)[] {
  const [, id = '', domain = '', , , mechanism = '', key = Buffer.alloc(0)] = request;
  const allowed = String(mechanism) === 'CURVE' && key.length === 32 && isAllowed(String(domain), z85(key));
  return ['1.0', id, allowed ? '200' : '400', allowed ? 'OK' : 'The key is not accepted.', '', ''];
}

function isAllowed(domain: string, key: string): boolean {
  const options = domains.get(domain);
  try {
    return options?.isAllowed(key) === true;
  } catch (error) {
    options?.telemetry.emit({ kind: 'unexpected', where: 'zap', message: messageOf(error) });
    return false;
  }
}
