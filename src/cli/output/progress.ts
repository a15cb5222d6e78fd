import type { Io } from '../io.ts';

/** One line on the terminal that says what is waited for, and goes away; nothing when there is no terminal. */
export function progressLine(io: Io): { show(text: string): void; clear(): void } {
  let shown = false;
  const clear = (): void => {
    if (shown) io.err('\r\u001b[K');
    shown = false;
  };
  return {
    clear,
    show: (text) => {
      if (!io.errIsTerminal || !io.outIsTerminal) return;
      io.err(`\r\u001b[K… ${text}`);
      shown = true;
    },
  };
}
