import { type Call, type FnTable, fn, strictTextFn, table } from '../function.ts';
import { expandTemplate, groupsOf, guardSubject, matches, pythonRegex } from '../regex.ts';

function replace(call: Call, self: string): string {
  const pattern = call.text(0);
  const template = call.str(1);
  const flags = { ignoreCase: call.flag(2), multiline: call.flag(3) };
  const regex = pythonRegex(call.rt, pattern, flags, 'replace');
  guardSubject(call.rt, pattern, self, 'replace');
  return self.replace(regex, (...found: unknown[]) => {
    const groups = typeof found.at(-1) === 'object' ? (found.at(-1) as Record<string, string>) : undefined;
    const captured = found.slice(
      0,
      found.findIndex((part, at) => at > 0 && typeof part === 'number'),
    ) as string[];
    const text = expandTemplate(
      call.rt,
      template,
      Object.assign(captured, { groups }) as unknown as RegExpExecArray,
    );
    call.rt.spend(text.length);
    return text;
  });
}

const special = /[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g;

/** Matching gives the groups as a tuple, or None: without groups it is the whole match, as in Salt 3007 and 3008. */
export const regexFilters: FnTable = table({
  regex_escape: strictTextFn('', (_call, self) => self.replace(special, '\\$&')),
  regex_match: fn('rgx ignorecase? multiline?', (call, self) => groupsOf(matches(call, self, 0, 'match'))),
  regex_replace: strictTextFn('rgx val ignorecase? multiline?', replace),
  regex_search: fn('rgx ignorecase? multiline?', (call, self) => groupsOf(matches(call, self, 0, 'search'))),
});
