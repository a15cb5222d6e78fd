import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect } from 'vitest';

/** Folders made by test/support/temp.ts carry this prefix and the process id, so that a leak names its maker. */
const mine = `brine-test-${process.pid}-`;
let before: string[] = [];

const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(mine));

beforeAll(() => {
  before = left();
});

/** A file of tests must leave no temporary folder and no open server or child process behind. */
afterAll(() => {
  expect(left().filter((name) => !before.includes(name))).toEqual([]);
  const open = process
    .getActiveResourcesInfo()
    .filter((kind) => kind === 'TCPServerWrap' || kind === 'ProcessWrap');
  expect(open).toEqual([]);
});
