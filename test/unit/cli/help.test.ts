import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/cli/io.ts';
import { buildProgram, runCli } from '../../../src/cli/program.ts';

function quietIo(): { io: Io; text: string[] } {
  const text: string[] = [];
  const write = (piece: string): void => void text.push(piece);
  const io: Io = {
    env: {},
    cwd: '/',
    outIsTerminal: false,
    errIsTerminal: false,
    inIsTerminal: false,
    out: write,
    err: write,
    ask: () => Promise.resolve(''),
    onSignal: () => () => undefined,
    exit: () => undefined,
  };
  return { io, text };
}

/** Every command with the words that call it. */
function commands(command: Command, path: string): { path: string; help: string }[] {
  const own = { path, help: command.helpInformation().trimEnd() };
  return [own, ...command.commands.flatMap((child) => commands(child, `${path} ${child.name()}`))];
}

const program = await buildProgram(
  quietIo().io,
  (action) =>
    async (...args) =>
      void (await action(...args)),
);
const page = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8');

describe('docs/cli.md', () => {
  const known = commands(program, 'brine');

  it.each(known)('has the help of $path', ({ path, help }) => {
    const section = page.split(`\n## ${path}\n`)[1] ?? '';
    expect(section.split('```text\n')[1]?.split('\n```')[0]).toBe(help);
  });

  it('has no command that is gone', () => {
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(known.map(({ path }) => path));
  });
});

describe('a wrong command line', () => {
  it.each([
    [['chek'], /unknown command 'chek'[\s\S]*Did you mean check\?/],
    [['event', 'watch', '--cuont', '3'], /unknown option '--cuont'[\s\S]*Did you mean --count\?/],
    [['cmd', '*'], /missing required argument 'function'/],
    [['cmd', '*', 'test.ping', '-t', 'soon'], /give a number of seconds/],
    [['event', 'watch', '--count', 'x'], /give a whole number/],
    [['--out', 'xml', 'status'], /Allowed choices are nested, json, yaml, pretty/],
    [['render', '/nowhere.sls'], /required option '--tag <tag>'/],
    [['explain', '--tag', 'a', '--data', '{'], /not JSON, at line 1, column 2/],
    [['explain', '--tag', 'a', '--data', '[]'], /must be a map/],
    [['explain', '--tag', 'a', '--data', '@/nowhere.json'], /cannot be read/],
    [['match', ''], /the tag is empty/],
    [['check', '--config', '/nowhere.yaml'], /CONFIG_UNREADABLE/],
    [[], /Usage: brine/],
  ])('%j ends with 2 and says what is wrong', async (argv, message) => {
    const { io, text } = quietIo();
    expect(await runCli(argv, io)).toBe(2);
    expect(text.join('')).toMatch(message);
    expect(text.join('')).not.toMatch(/\n {4}at /);
  });

  it.each([[['--help']], [['cmd', '--help']], [['help', 'event']], [['--version']]])(
    '%j ends with 0',
    async (argv) => {
      expect(await runCli(argv, quietIo().io)).toBe(0);
    },
  );
});
