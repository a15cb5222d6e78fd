import { type FnTable, fn, strictTextFn, table } from '../function.ts';
import { groupsOf, matches, replaceAll } from '../matching.ts';

const special = /[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g;

/** Matching gives the groups as a tuple, or None: without groups it is the whole match, as in Salt 3007 and 3008. */
export const regexFilters: FnTable = table({
  regex_escape: strictTextFn('', (_call, self) => self.replace(special, '\\$&')),
  regex_match: fn('rgx ignorecase? multiline?', (call, self) => groupsOf(matches(call, self, 'match'))),
  regex_replace: strictTextFn('rgx val ignorecase? multiline?', replaceAll),
  regex_search: fn('rgx ignorecase? multiline?', (call, self) => groupsOf(matches(call, self, 'search'))),
});
