import type { Problem } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { type Finding, warning, well, wrong } from './finding.ts';

/** What the reactor files that Brine would use hold. */
export interface LoadedReactors {
  readonly rules: number;
  readonly problems: readonly Problem[];
}

/** Which reactor acts, and whether the reactor files compile. */
export function examineReactors(salt: SaltMaster, loaded: LoadedReactors): Finding[] {
  return [...ownReactor(salt), ...rules(loaded)];
}

/** Salt starts its reactor when the option `reactor` is set, or when an engine of that name is. */
function ownReactor({ options, file }: SaltMaster): Finding[] {
  const about = 'Salt’s own reactor';
  const engines = options.get('engines');
  const asEngine =
    Array.isArray(engines) &&
    engines.some((engine) => engine === 'reactor' || (engine instanceof Map && engine.has('reactor')));
  const reactor = options.get('reactor');
  const asOption =
    reactor !== undefined && reactor !== null && !(Array.isArray(reactor) && reactor.length === 0);
  if (!asEngine && !asOption)
    return [well(about, 'is off: neither `reactor` nor an engine of that name is set')];
  return [
    warning(
      about,
      `is on, by ${asOption ? '`reactor`' : '`engines`'} in ${file} or what that includes; a Brine that acts would do everything a second time`,
      'before Brine acts, move `reactor` to a file that only Brine reads and restart the master; until then use --shadow',
    ),
  ];
}

function rules({ rules: count, problems }: LoadedReactors): Finding[] {
  const about = 'reactor files';
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const text = `${count} rules, ${errors} errors, ${problems.length - errors} warnings`;
  const change = 'see `brine check` with the same files';
  if (errors > 0) return [wrong(about, text, change)];
  if (count === 0) return [warning(about, text, 'set `reactor`, or `reactors` in Brine’s configuration')];
  return [problems.length > 0 ? warning(about, text, change) : well(about, text)];
}
