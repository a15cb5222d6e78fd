import { describe, test } from 'vitest';
import { missing, type Release, releases, Salt } from './salt.ts';

/** Runs a comparison with every line; on a laptop a line that is not installed is skipped, in CI it fails. */
export function withEverySalt(title: string, compare: (salt: Salt, release: Release) => Promise<void>): void {
  describe(title, () => {
    for (const release of releases) {
      const reason = process.env['CI'] === 'true' ? null : missing(release);
      const name = reason === null ? `salt ${release}` : `salt ${release} (skipped: ${reason})`;
      test.skipIf(reason !== null)(name, async () => {
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
