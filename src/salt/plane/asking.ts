import { packValue, type SaltRequests, unpackValue } from '../../bus/index.ts';
import { BrineError, getString, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { readKey } from './key-file.ts';

/** What the master answers when it does not do what it was asked for. */
export class SaltRefusal extends Error {
  /** Salt's name of the error: `AuthenticationError`, `AuthorizationError`, …; '' when it gave none. */
  readonly errorName: string;
  /** Whether the same request may be taken later. */
  readonly retryable: boolean;

  constructor(errorName: string, message: string, retryable: boolean) {
    super(message);
    this.errorName = errorName;
    this.retryable = retryable;
  }
}

/** Requests to a Salt master's request server in its clear envelope, with the key that it wants. */
export interface SaltAsking {
  /** Whether the request server answers. Throws what `ask` throws. */
  ping(timeoutMs: number): Promise<void>;
  /**
   * The answer to a load, without its envelope. Throws SaltRefusal; BUS_CLOSED when nothing was sent; TIMEOUT
   * when it was sent and perhaps done.
   */
  ask(load: ValueMap, timeoutMs: number): Promise<ValueMap>;
}

/** The envelope's version: lower ones are refused since 3006.17, 3007.9 and 3008; older masters take it. */
const version = 3;

export function saltAsking(salt: Pick<SaltMaster, 'cacheDir' | 'user'>, requests: SaltRequests): SaltAsking {
  let key: string | undefined;

  const send = async (load: ValueMap, timeoutMs: number): Promise<Value> =>
    unpackValue(await requests.request(packValue(mapOf({ enc: 'clear', load, version })), timeoutMs));

  const askWith = async (withKey: string, load: ValueMap, timeoutMs: number): Promise<ValueMap> =>
    answerOf(await send(new Map([...load, ['key', withKey]]), timeoutMs));

  return {
    ping: async (timeoutMs) => {
      await send(mapOf({ cmd: 'ping' }), timeoutMs);
    },
    ask: async (load, timeoutMs) => {
      key ??= await readKey(salt);
      const used = key;
      try {
        return await askWith(used, load, timeoutMs);
      } catch (error) {
        if (!(error instanceof SaltRefusal) || !isAboutKey(error)) throw error;
        // The master makes a new key at each start.
        const fresh = await readKey(salt);
        key = fresh;
        if (fresh === used) throw error;
        return askWith(fresh, load, timeoutMs);
      }
    },
  };
}

function isAboutKey({ errorName }: SaltRefusal): boolean {
  return errorName === '' || errorName.endsWith('AuthenticationError');
}

/** Some answers come in an envelope, some without. */
function answerOf(reply: Value): ValueMap {
  if (typeof reply === 'string') throw new SaltRefusal('', reply === '' ? emptyAnswer : reply, reply === '');
  if (!(reply instanceof Map))
    throw new BrineError('TIMEOUT', 'The Salt master answered with something that is no map.');
  const load = reply.get('load');
  const answer = load instanceof Map && reply.has('enc') ? load : reply;
  if (answer.get('cluster_retry') === true)
    throw new SaltRefusal('ClusterNotReady', 'The cluster of the Salt master is not ready.', true);
  const error = answer.get('error');
  if (error instanceof Map) {
    const name = getString(error, 'name') ?? '';
    throw new SaltRefusal(
      name,
      `${name}: ${getString(error, 'message') ?? ''}`,
      name.endsWith('AuthenticationError'),
    );
  }
  if (answer.size === 0) throw new SaltRefusal('', emptyAnswer, true);
  return answer;
}

const emptyAnswer = 'The Salt master gave an empty answer, as it does for a key that it does not know.';
