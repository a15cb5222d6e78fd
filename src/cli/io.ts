import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { systemCode } from '../core/index.ts';

/** What a command may touch of the process it runs in; tests give their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks the person at the terminal. */
  readonly ask: (question: string) => Promise<string>;
  /** The same without showing what is typed. */
  readonly askSecret?: (question: string) => Promise<string>;
  /** Calls for each such signal until the result is called. */
  readonly onSignal: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', handler: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** The real one. */
export function processIo(): Io {
  leaveWhenNobodyReads();
  return {
    env: process.env,
    cwd: process.cwd(),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    inIsTerminal: process.stdin.isTTY === true,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask: askTerminal,
    askSecret: askTerminalSecret,
    onSignal: (signal, handler) => {
      process.on(signal, handler);
      return () => process.off(signal, handler);
    },
    exit: (code) => process.exit(code),
  };
}

/**
 * `brine event watch | head` ends the pipe first; that is no failure. What listens for signals stops in good
 * order. Any other trouble with the output, such as a full disk behind it, must not stop a daemon.
 */
function leaveWhenNobodyReads(): void {
  process.stdout.on('error', (error) => {
    // A reader that goes with unread lines in its socket is a reset connection.
    if (!['EPIPE', 'ECONNRESET'].includes(systemCode(error) ?? '')) return;
    if (process.listenerCount('SIGTERM') === 0) process.exit(0);
    process.emit('SIGTERM');
  });
  process.stderr.on('error', () => undefined);
}

/** Only the question is shown: the terminal's echo goes nowhere. */
async function askTerminalSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

async function askTerminal(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
