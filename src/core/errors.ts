/** The codes of every run-time error; docs/errors.md explains each, and a test keeps both equal. */
export type ErrorCode =
  | 'BAD_ARGUMENT'
  | 'BAD_CONFIG'
  | 'BAD_EVENT'
  | 'BAD_MESSAGE'
  | 'BUS_CLOSED'
  | 'BUS_CUT_OFF'
  | 'DATA_DIR_IN_USE'
  | 'DISK_FULL'
  | 'EVENT_TOO_LARGE'
  | 'FORBIDDEN'
  | 'JOURNAL_DAMAGED'
  | 'KEY_REFUSED'
  | 'NOT_RUNNING'
  | 'NO_SUCH_FUNCTION'
  | 'NO_SUCH_JOB'
  | 'NO_SUCH_KEY'
  | 'NO_SUCH_RECORD'
  | 'OVERLOADED'
  | 'PORT_IN_USE'
  | 'SOCKET_PATH_TOO_LONG'
  | 'STOPPING'
  | 'TIMEOUT'
  | 'UNSUPPORTED';

/** Every error that Brine throws on purpose: a stable code, fields for machines, the cause. */
export class BrineError extends Error {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { fields?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BrineError';
    this.code = code;
    this.fields = options.fields ?? {};
  }
}

export function isBrineError(error: unknown, code?: ErrorCode): error is BrineError {
  return error instanceof BrineError && (code === undefined || error.code === code);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's code of a system error (`ENOSPC`, `EADDRINUSE`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
