import { LoginRefusal, SaltApiRefusal, type SaltApiSession } from '../../bus/index.ts';
import { BrineError, toJson } from '../../core/index.ts';
import { type SaltAsking, SaltRefusal } from '../plane/asking.ts';
import { answerOf, chunkOf } from './chunks.ts';

/** Makes requests to a master through salt-api, as the user that logs in there. */
export function apiAsking(session: Pick<SaltApiSession, 'run'>, username: string): SaltAsking {
  return {
    ping: async (timeoutMs) => {
      // A list of no work, which salt-api answers itself.
      await session.run('', timeoutMs).catch(refuse);
    },
    ask: async (load, timeoutMs) => {
      const chunk = toJson(chunkOf(load, username), { compact: true });
      return answerOf(load, await session.run(chunk, timeoutMs).catch(refuse));
    },
  };
}

function refuse(error: unknown): never {
  if (!(error instanceof SaltApiRefusal)) throw error;
  // No fault of whatever was asked for: it waits until the login is set right.
  if (error instanceof LoginRefusal)
    throw new BrineError('BUS_CLOSED', `salt-api refuses the login: ${error.message}`, { cause: error });
  throw new SaltRefusal('', `salt-api refuses: ${error.message}`, error.status === 429);
}
