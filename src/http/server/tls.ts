import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import type { ApiSettings } from '../../config/index.ts';
import { BrineError, type Clock, messageOf, type Telemetry } from '../../core/index.ts';

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

type Files = NonNullable<ApiSettings['tls']>;

const lookMs = 5000;

/** Throws BAD_CONFIG when a file cannot be read. */
export function readCertificate({ cert, key }: Files): Certificate {
  try {
    return { cert: readFileSync(cert), key: readFileSync(key) };
  } catch (cause) {
    throw new BrineError('BAD_CONFIG', `The certificate cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Takes a renewed certificate without a restart: connections that are open keep the old one. A pair that does
 * not fit is reported, and the old one stays.
 */
export function followCertificate(
  server: Server,
  files: Files,
  { clock, telemetry }: { readonly clock: Clock; readonly telemetry: Telemetry },
): () => void {
  let seen = stampOf(files);
  let cancel: () => void = () => undefined;
  const look = (): void => {
    const stamp = stampOf(files);
    if (stamp !== seen && stamp !== null) {
      seen = stamp;
      try {
        server.setSecureContext({ ...readCertificate(files), minVersion: 'TLSv1.2' });
      } catch (error) {
        const message = `The new certificate is not taken: ${messageOf(error)}`;
        telemetry.emit({ kind: 'unexpected', where: 'api tls', message });
      }
    }
    cancel = clock.after(lookMs, look);
  };
  cancel = clock.after(lookMs, look);
  return () => cancel();
}

/** null while one of the files is missing, as between the steps of a renewal. */
function stampOf({ cert, key }: Files): string | null {
  try {
    return [cert, key].map((file) => `${statSync(file).mtimeMs} ${statSync(file).size}`).join(' ');
  } catch {
    return null;
  }
}
