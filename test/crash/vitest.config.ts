import { defineConfig } from 'vitest/config';

/** Faults injected into real processes, files and sockets; `npm run build` first. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    reporters: ['default', new URL('../support/count-reporter.ts', import.meta.url).pathname],
    include: ['test/crash/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
