import { readFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { float, mapOf, type Value } from '../../core/index.ts';
import { CommandFailed, InvalidArguments } from './errors.ts';
import type { Call, MinionModule } from './types.ts';

/** Functions that prove a minion works. */
export const testModule: MinionModule = {
  ping: { signature: '', doc: 'True: the minion is there.', run: () => true },
  echo: { signature: 'text', doc: 'Gives back its argument.', run: (args) => args.value('text') },
  outputter: { signature: 'data', doc: 'Gives back its argument.', run: (args) => args.value('data') },
  arg: {
    signature: '*args, **kwargs',
    doc: 'Shows the arguments that arrived.',
    run: (args) => mapOf({ args: [...args.rest], kwargs: args.extra }),
  },
  kwarg: {
    signature: '**kwargs',
    doc: 'Shows the keyword arguments that arrived.',
    run: (args) => args.extra,
  },
  sleep: {
    signature: 'length',
    doc: 'Waits so many seconds, then True.',
    run: (args, call) => pause(call, args.number('length')),
  },
  rand_sleep: {
    signature: 'max=60',
    doc: 'Waits a random number of whole seconds up to max, then True.',
    run: (args, call) => pause(call, Math.floor(call.ids.fraction() * (args.number('max') + 1))),
  },
  version: { signature: '', doc: 'The version of Brine.', run: () => brineVersion() },
  versions: {
    signature: '',
    doc: 'The versions of Brine and of what it runs on.',
    run: () =>
      mapOf({
        brine: brineVersion(),
        node: process.versions.node,
        v8: process.versions.v8,
        openssl: process.versions.openssl ?? '',
        system: `${platform()} ${release()} ${arch()}`,
      }),
  },
  fib: {
    signature: 'num',
    doc: 'The Fibonacci number with this index, and the seconds it took.',
    run: (args, call) => fibonacci(args.number('num'), call),
  },
  exception: {
    signature: "message='Test Exception'",
    doc: 'Fails with an exception.',
    run: (args) => {
      throw new Error(args.text('message'));
    },
  },
  retcode: {
    signature: 'code=42',
    doc: 'Ends with this return code.',
    run: (args, call) => {
      call.setRetcode(args.number('code'));
      return true;
    },
  },
  true: { signature: '', doc: 'Always True.', run: () => true },
  false: { signature: '', doc: 'Always False.', run: () => false },
};

function pause(call: Call, seconds: number): Promise<Value> {
  if (seconds < 0) throw new InvalidArguments('the time cannot be negative');
  return new Promise((resolve, reject) => {
    const cancel = call.clock.after(seconds * 1000, () => resolve(true));
    const stop = (): void => {
      cancel();
      reject(new CommandFailed('The job was killed.'));
    };
    if (call.signal.aborted) stop();
    call.signal.addEventListener('abort', stop, { once: true });
  });
}

/** Beyond this index the number alone would fill an event. */
const fibonacciMax = 10_000;

function fibonacci(index: number, call: Call): Value {
  if (!Number.isInteger(index) || index < 0 || index > fibonacciMax)
    throw new InvalidArguments(`num must be a whole number from 0 to ${fibonacciMax}`);
  const startMs = call.clock.monotonicMs();
  let [a, b] = [0n, 1n];
  for (let i = 0; i < index; i += 1) [a, b] = [b, a + b];
  const small = Number(a);
  return [Number.isSafeInteger(small) ? small : a, float((call.clock.monotonicMs() - startMs) / 1000)];
}

let version: string | undefined;

export function brineVersion(): string {
  version ??= (
    JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version;
  return version;
}
