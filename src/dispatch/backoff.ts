/** How long to wait before the next attempt, in milliseconds: doubling, capped, the upper half random. */
export function backoffMs(
  attempt: number,
  limits: { baseMs: number; maxMs: number },
  fraction: number,
): number {
  const doubled = limits.baseMs * 2 ** Math.min(attempt - 1, 40);
  const capped = Math.min(limits.maxMs, doubled);
  return Math.round(capped / 2 + (capped / 2) * fraction);
}
