import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';

/** One release of each line, and an older one whose sockets speak plain both ways; `.ci/salt-envs` installs them. */
export const releases = ['3006.24', '3006.28', '3007.15', '3008.3'] as const;
export type Release = (typeof releases)[number];

const home = process.env['BRINE_SALT_HOME'] ?? join(homedir(), '.cache', 'brine-salt');

/** A program of a release: `salt-master`, `salt-call`, `python`, … */
export function program(release: Release, name: string): string {
  return join(home, release, 'bin', name);
}

/** Why a release cannot be run here; null when it can. */
export function missing(release: Release): string | null {
  return existsSync(program(release, 'salt-master'))
    ? null
    : `salt ${release} is not installed: run .ci/salt-envs`;
}

/** The releases to test: all, or those that BRINE_TEST_SALT names with commas between. */
function chosen(): readonly Release[] {
  const named = process.env['BRINE_TEST_SALT'];
  return named === undefined ? releases : releases.filter((release) => named.split(',').includes(release));
}

/** Declares tests for every release; one that is not installed is skipped by name on a laptop and fails in CI. */
export function besideEverySalt(title: string, declare: (release: Release) => void): void {
  for (const release of chosen()) {
    const reason = missing(release);
    if (reason === null) describe(`${title}, salt ${release}`, () => declare(release));
    else if (process.env['CI'] === 'true')
      test(`${title}, salt ${release}`, () => {
        throw new Error(reason);
      });
    else test.skip(`${title}, salt ${release} (skipped: ${reason})`, () => undefined);
  }
}
