import { existsSync } from 'node:fs';
import { connectLink, packValue, socketPath, unpackValue } from '../../bus/index.ts';
import { BrineError, type Clock, isBrineError, mapOf, type Value } from '../../core/index.ts';
import { type FunctionTable, textOf } from './function.ts';

const answerMs = 5000;

const unreachable = ['TIMEOUT', 'BUS_CLOSED', 'NOT_RUNNING'] as const;

function notRunning(cause?: unknown): BrineError {
  return new BrineError('NOT_RUNNING', 'Reactor system is not running.', { cause });
}

/** The reactor is another process; its admin socket answers. */
export function reactorRunners(sockDir: string, clock: Clock): FunctionTable {
  const ask = async (verb: string, payload: Value): Promise<Value> => {
    const path = socketPath(sockDir, 'reactor');
    if (!existsSync(path)) throw notRunning();
    const link = connectLink({ endpoint: `ipc://${path}`, clock });
    try {
      return unpackValue(await link.request(verb, packValue(payload), answerMs));
    } catch (cause) {
      if (unreachable.some((code) => isBrineError(cause, code))) throw notRunning(cause);
      throw cause;
    } finally {
      await link.close();
    }
  };
  return {
    'reactor.list': {
      doc: 'The tag globs of the reactor and their reactor files.',
      parameters: [],
      run: () => ask('reactors.list', new Map()),
    },
    'reactor.add': {
      doc: 'Makes the reactor watch one more tag glob until it is restarted.',
      parameters: [{ name: 'event' }, { name: 'reactors' }],
      run: (given) => {
        const reactors = given.get('reactors') ?? null;
        return ask(
          'reactors.add',
          mapOf({ event: textOf(given, 'event'), reactors: Array.isArray(reactors) ? reactors : [reactors] }),
        );
      },
    },
    'reactor.delete': {
      doc: 'Takes away a tag glob that reactor.add has added.',
      parameters: [{ name: 'event' }],
      run: (given) => ask('reactors.delete', mapOf({ event: textOf(given, 'event') })),
    },
  };
}
