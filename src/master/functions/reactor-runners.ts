import { connectLink, packValue, socketPath, unpackValue } from '../../bus/index.ts';
import { BrineError, type Clock, isBrineError, mapOf, type Value } from '../../core/index.ts';
import { type FunctionTable, textOf } from './function.ts';

const answerMs = 10_000;

/** The reactor is another process; its admin socket answers. */
export function reactorRunners(sockDir: string, clock: Clock): FunctionTable {
  const ask = async (verb: string, payload: Value): Promise<Value> => {
    const link = connectLink({ endpoint: `ipc://${socketPath(sockDir, 'reactor')}`, clock });
    try {
      return unpackValue(await link.request(verb, packValue(payload), answerMs));
    } catch (cause) {
      if (
        isBrineError(cause, 'TIMEOUT') ||
        isBrineError(cause, 'BUS_CLOSED') ||
        isBrineError(cause, 'NOT_RUNNING')
      )
        throw new BrineError('NOT_RUNNING', 'Reactor system is not running.', { cause });
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
