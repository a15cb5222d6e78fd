import { globsOverlap } from '../../match/index.ts';

/** The tags that Salt's and Brine's buses are known to carry. */
export const knownTags: readonly string[] = [
  'salt/auth',
  'salt/auth/creds',
  'salt/key',
  'salt/minion/*/start',
  'salt/syndic/*/start',
  'salt/job/*/new',
  'salt/job/*/publish',
  'salt/job/*/ret/*',
  'salt/job/*/prog/*/*',
  'salt/job/*/sub/*/error/*',
  'salt/job/*/error',
  'salt/job/error',
  'salt/state_result/*/*/*',
  'salt/run/*/new',
  'salt/run/*/ret',
  'salt/run/*/progress',
  'salt/run/*/args',
  'salt/wheel/*/new',
  'salt/wheel/*/ret',
  'salt/beacon/*/*/*',
  'salt/presence/present',
  'salt/presence/change',
  'salt/stats/*',
  'salt/fileserver/*/update',
  'salt/queue/*/process',
  'salt/batch/*/start',
  'salt/batch/*/new',
  'salt/batch/*/progress',
  'salt/batch/*/complete',
  'salt/batch/*/done',
  'salt/cloud/*/*',
  'salt/cluster/*',
  'salt/netapi/hook/*',
  'salt/event_listen/start',
  'salt/engines/*',
  'salt/engine/*',
  'salt/reactors/manage/*',
  'salt/deltaproxy/*',
  'salt/proxy/*',
  'minion_start',
  'syndic_start',
  'minion_ping',
  'minion/refresh/*',
  'resource/refresh/*',
  '_salt_error',
  'key',
];

/** Segments that begin a known tag or come later in one, for recognising a slip of the pen. */
const segments = [...new Set(knownTags.flatMap((tag) => tag.split('/')))].filter((word) => word.length > 2);

/**
 * What is odd about a glob: under `salt/`, or within a slip of it, nothing known matches. Tags of an
 * operator's own are their own business. `near` is what it probably should be.
 */
export function oddGlob(
  glob: string,
  emitted: readonly string[],
): { readonly near: string | undefined } | undefined {
  const known = (candidate: string): boolean => knownTags.some((tag) => globsOverlap(candidate, tag));
  if (known(glob)) return undefined;
  const near = respell(glob, known);
  if (near === undefined && !glob.startsWith('salt/')) return undefined;
  return emitted.some((tag) => globsOverlap(glob, tag)) ? undefined : { near };
}

/** The glob with slips in its words put right, when that makes it match something. */
function respell(glob: string, known: (candidate: string) => boolean): string | undefined {
  const corrected = glob
    .split('/')
    .map((word) => (/[*?[]/.test(word) ? word : (segments.find((each) => oneSlip(word, each)) ?? word)))
    .join('/');
  return corrected !== glob && known(corrected) ? corrected : undefined;
}

/** Whether two words differ by one letter left out, put in, replaced, or two neighbours swapped. */
function oneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const rest = (text: string, from: number): string => text.slice(from);
  return (
    rest(a, same + 1) === rest(b, same + 1) ||
    rest(a, same + 1) === rest(b, same) ||
    rest(a, same) === rest(b, same + 1) ||
    (a[same] === b[same + 1] && a[same + 1] === b[same] && rest(a, same + 2) === rest(b, same + 2))
  );
}
