import { defineConfig } from 'vitest/config';

const fixedSeed = new URL('./support/fixed-seed.ts', import.meta.url).pathname;

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    reporters: ['default', new URL('./support/count-reporter.ts', import.meta.url).pathname],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          setupFiles: [fixedSeed],
        },
      },
      {
        test: {
          name: 'wire',
          include: ['test/wire/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          setupFiles: [fixedSeed, new URL('./support/nothing-left.ts', import.meta.url).pathname],
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          setupFiles: [fixedSeed],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
