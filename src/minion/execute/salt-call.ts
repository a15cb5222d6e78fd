import { fromPlain, keyText, systemCode, toJson, type Value, type ValueMap } from '../../core/index.ts';
import { CommandFailed, InvalidArguments } from '../modules/errors.ts';
import type { Call } from '../modules/types.ts';
import { runProgram } from '../process/run.ts';

/** Runs a function of the Salt that is installed on this host. The operator has switched this on. */
export async function callSalt(
  name: string,
  arg: readonly Value[],
  kwarg: ValueMap,
  call: Call,
): Promise<Value> {
  if (!/^\w+\.\w+$/.test(name)) throw new InvalidArguments(`'${name}' is not a function name`);
  const words = [...arg.map(wordOf), ...[...kwarg].map(([key, value]) => keyword(key, value))];
  const argv = ['salt-call', '--local', '--out', 'json', '--retcode-passthrough', '--', name, ...words];
  try {
    const result = await runProgram({
      argv,
      clock: call.clock,
      signal: call.signal,
      onStart: (pid) => call.setProcess(pid),
    });
    if (result.code !== 0) call.setRetcode(result.code);
    return localReturn(result.stdout) ?? failed(result.stderr || result.stdout);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new CommandFailed(`'${name}' is not available: salt_call is on, but salt-call is not installed.`);
  }
}

function localReturn(output: string): Value | undefined {
  try {
    const parsed = fromPlain(JSON.parse(output));
    return parsed instanceof Map ? parsed.get('local') : undefined;
  } catch {
    return undefined;
  }
}

function failed(text: string): never {
  throw new CommandFailed(`salt-call gave no result: ${text.trim().slice(-2000)}`);
}

function keyword(key: Value, value: Value): string {
  const name = keyText(key);
  if (!/^[^\d\W][\w.-]*$/u.test(name)) throw new InvalidArguments(`${name} cannot be an argument's name`);
  return `${name}=${wordOf(value)}`;
}

/**
 * A value as one word that salt-call reads back as the same value. Quotes keep texts texts; Salt leaves texts
 * with these characters alone, quotes included, so they go as they are.
 */
function wordOf(value: Value): string {
  if (value === null) return 'None';
  return typeof value === 'string' && /[\t\r\n#]/.test(value) ? value : toJson(value);
}
