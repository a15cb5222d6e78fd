import { join } from 'node:path';
import { fingerprint } from '../../bus/index.ts';
import { BrineError } from '../../core/index.ts';
import { readIfThere, writeWhole } from './key-file.ts';

/** Which master this minion obeys: the one whose fingerprint is set, or the first one that it met. */
export class MasterPin {
  readonly #path: string;
  readonly #finger: string | null;

  constructor(folder: string, finger: string | null) {
    this.#path = join(folder, 'master.pub');
    this.#finger = finger;
  }

  /** Throws KEY_REFUSED when this is not the master's key. */
  check(publicKey: string): void {
    const found = fingerprint(publicKey);
    if (this.#finger !== null && found !== this.#finger.toLowerCase())
      throw refused(found, `master_finger says ${this.#finger}`);
    const pinned = readIfThere(this.#path)?.trim();
    if (this.#finger === null && pinned !== undefined && pinned !== publicKey)
      throw refused(
        found,
        `this minion knows its master as ${fingerprint(pinned)}. If the master really has a new key, remove ${this.#path}`,
      );
  }

  /** Remembers the key that proved itself. */
  keep(publicKey: string): void {
    if (readIfThere(this.#path)?.trim() !== publicKey) writeWhole(this.#path, `${publicKey}\n`);
  }
}

function refused(found: string, why: string): BrineError {
  return new BrineError('KEY_REFUSED', `The master shows the key ${found}, but ${why}.`, {
    fields: { fingerprint: found },
  });
}
