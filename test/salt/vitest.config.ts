import { defineConfig } from 'vitest/config';

/** Beside real Salts: one line after the other, each with a master and a minion of its own. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    reporters: ['default', new URL('../support/count-reporter.ts', import.meta.url).pathname],
    include: ['test/salt/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
