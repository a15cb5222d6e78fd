import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Whether two texts are equal; takes as long for a near miss as for a far one, whatever their lengths. */
export function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(sha256(given), sha256(wanted));
}

/** HMAC-SHA256 as lower-case hexadecimal. */
export function hmacHex(secret: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/** A name for a content. */
export function contentName(content: Uint8Array): string {
  return sha256(content).toString('hex');
}

function sha256(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
