import type { Command } from 'commander';
import type { Io } from './io.ts';

/** Turns a command's function, which gives an exit code, into what commander calls. */
export type Act = <Args extends unknown[]>(
  action: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

/** Adds a group of commands. */
export type Register = (program: Command, io: Io, act: Act) => void;
