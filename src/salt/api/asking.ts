import { SaltApiRefusal, type SaltApiSession } from '../../bus/index.ts';
import { toJson } from '../../core/index.ts';
import { type SaltAsking, SaltRefusal } from '../plane/asking.ts';
import { answerOf, chunkOf } from './chunks.ts';

/** Makes requests to a master through salt-api, as the user that logs in there. */
export function apiAsking(session: Pick<SaltApiSession, 'run' | 'token'>, username: string): SaltAsking {
  return {
    ping: async () => {
      await session.token();
    },
    ask: async (load, timeoutMs) => {
      const chunk = toJson(chunkOf(load, username), { compact: true });
      try {
        return answerOf(load, await session.run(chunk, timeoutMs));
      } catch (error) {
        if (!(error instanceof SaltApiRefusal)) throw error;
        throw new SaltRefusal('', `salt-api refuses: ${error.message}`, error.status === 429);
      }
    },
  };
}
