import { didYouMean } from '../../core/index.ts';
import type { KnownFunctions } from '../types.ts';

/** What to say of a function that does not exist; undefined when it does, or when nobody knows. */
export function unknownFunction(
  verb: string,
  fun: string,
  known: KnownFunctions | undefined,
): { readonly message: string; readonly hint: string } | undefined {
  const kind = verb === 'cmd' ? 'local' : verb;
  const names =
    kind === 'local' || kind === 'runner' || kind === 'wheel' || kind === 'caller'
      ? known?.[kind]
      : undefined;
  if (names === undefined || names.includes(fun)) return undefined;
  const near = didYouMean(fun, names);
  const own =
    kind === 'local' || kind === 'caller'
      ? 'fine if it comes from a module of your own or from an installed Salt'
      : `there is no such ${kind} function here`;
  return {
    message: `${kind} function ${fun} is not one of Brine's`,
    hint: near === undefined ? own : `did you mean ${near}?`,
  };
}
