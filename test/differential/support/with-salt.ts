import { describe, test } from 'vitest';
import { missing, type Release, releases, Salt } from './salt.ts';

/**
 * Runs a comparison with every line; on a laptop a line that is not installed is skipped, in CI it
 * fails. The lines run beside each other: most of their time is Python's.
 */
export function withEverySalt(title: string, compare: (salt: Salt, release: Release) => Promise<void>): void {
  describe(title, () => {
    for (const release of releases) {
      const reason = process.env['CI'] === 'true' ? null : missing(release);
      const name = reason === null ? `salt ${release}` : `salt ${release} (skipped: ${reason})`;
      test(name, { concurrent: true, skip: reason !== null }, async () => {
        const absent = missing(release);
        if (absent !== null) throw new Error(absent);
        const salt = new Salt(release);
        try {
          await compare(salt, release);
        } finally {
          await salt.close();
        }
      });
    }
  });
}
