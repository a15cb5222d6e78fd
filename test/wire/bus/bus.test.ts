import { memoryBus } from '../../../src/bus/index.ts';
import { describeBus } from './contract.ts';
import { clock, serve } from './support.ts';

describeBus('memory', async (log, limits) => {
  const bus = memoryBus(log, { clock, ...limits });
  return { bus, log, [Symbol.asyncDispose]: () => bus.close() };
});

describeBus('zeromq', async (log, limits) => {
  const served = await serve({ log, ...limits });
  const { bus } = served.connect();
  return { bus, log, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() };
});
