import { execFile } from 'node:child_process';
import { fromPlain, keyText, mapOf, type Outcome, systemCode, toJson, type Value } from '../../core/index.ts';
import { type CallAction, functionName } from './calls.ts';
import { done, failed } from './outcomes.ts';

const limitMs = 300_000;
const outputBytesMax = 16 << 20;
const messageMax = 500;

/**
 * Runs a function on this host through its Salt minion: `command` is `salt-call` with whatever options it needs.
 * Once it has begun it is not tried again: it may have done its work before it failed.
 */
export async function callMinion(
  jid: string,
  action: CallAction,
  command: readonly string[],
): Promise<Outcome> {
  const words = wordsOf(action);
  if (typeof words === 'string') return failed('bad-arguments', words);
  const [program = 'salt-call', ...options] = command;
  const argv = [...options, '--out', 'json', '--retcode-passthrough', '--', ...words];
  return new Promise((resolve) => {
    execFile(
      program,
      argv,
      { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: outputBytesMax },
      (error, stdout, stderr) => {
        const result = resultOf(stdout);
        if (error === null && result !== undefined) return resolve(done(jid, mapOf({ return: result })));
        if (systemCode(error) === 'ENOENT')
          return resolve(failed('unsupported', `${program} is not installed: a caller reaction needs it.`));
        const said =
          typeof result === 'string' ? result : result === undefined ? stderr || stdout : toJson(result);
        resolve(failed('failed', `salt-call ${action.fun} failed: ${said.trim().slice(-messageMax)}`));
      },
    );
  });
}

function resultOf(output: string): Value | undefined {
  try {
    const parsed = fromPlain(JSON.parse(output));
    return parsed instanceof Map ? parsed.get('local') : undefined;
  } catch {
    return undefined;
  }
}

/** The function and its arguments as words, or why they cannot be written so. */
function wordsOf(action: CallAction): string[] | string {
  const name = functionName(action);
  if (name === undefined) return `${action.fun} is not the name of a function.`;
  const words = [name, ...action.arg.map(wordOf)];
  for (const [key, value] of action.kwarg) {
    const parameter = keyText(key);
    if (!/^[A-Za-z_][\w.-]*$/.test(parameter)) return `${parameter} cannot be the name of an argument.`;
    words.push(`${parameter}=${wordOf(value)}`);
  }
  return words;
}

/**
 * A value as Salt reads a word back: it takes each word for YAML, of which JSON is a part. It leaves words with
 * a number sign, quotes and all, when they come to a text, so the sign is written as its code.
 */
export function wordOf(value: Value): string {
  return toJson(value, { compact: true }).replaceAll('#', '\\u0023');
}
