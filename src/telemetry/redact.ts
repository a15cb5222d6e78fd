/** Names of fields whose values never reach a log. */
const secretName =
  /pass(word|wd|phrase)?$|secret|token|credential|(private|secret|api|root|master)_?key|^key$|^tok$|^eauth$/i;
const depthMax = 8;

/** A copy without the values of secret fields; cut off where data is too deep to be a log field. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (depth >= depthMax) return '[deep]';
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const name = String(key);
      return [name, secretName.test(name) ? '[redacted]' : redact(item, depth + 1)];
    }),
  );
}
