import { didYouMean, type Problem } from '../../core/index.ts';
import type { KnownFunctions } from '../types.ts';
import { unknownFunction } from './functions.ts';

const verbs = ['local', 'cmd', 'runner', 'wheel', 'caller'];
/** A reaction as it is written under an ID, when no template makes part of its name. */
const reaction = /^(\s+(?:- )?)([a-z_]+)\.([a-z_]\w*(?:\.\w+)+)\s*:/;
const short = /^([\w-]+:\s+)([a-z_]+)\.([a-z_]\w*(?:\.\w+)+)\s*$/;

/** Warnings about reactions that are written out in an SLS file; what templates make is judged at run time. */
export function lintSls(file: string, text: string, known: KnownFunctions | undefined): Problem[] {
  return text.split(/\r?\n/).flatMap((source, index) => {
    const found = reaction.exec(source) ?? short.exec(source);
    if (found === null) return [];
    const [, before = '', verb = '', fun = ''] = found;
    const said = verbs.includes(verb) ? unknownFunction(verb, fun, known) : strangeVerb(verb, fun);
    if (said === undefined) return [];
    const code = verbs.includes(verb) ? 'UNKNOWN_FUNCTION' : 'UNKNOWN_VERB';
    return [
      {
        code,
        severity: 'warning',
        ...said,
        file,
        line: index + 1,
        column: before.length + 1,
        source,
      } as const,
    ];
  });
}

function strangeVerb(verb: string, fun: string): { message: string; hint: string } | undefined {
  const near = didYouMean(verb, verbs);
  if (near === undefined) return undefined;
  return { message: `a reaction cannot begin with ${verb}`, hint: `did you mean ${near}.${fun}?` };
}
