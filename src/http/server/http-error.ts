import { type BrineError, isBrineError } from '../../core/index.ts';

/** A request that ends with this status and this sentence. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.headers = headers;
  }
}

/** What a client is told of a failure: never a stack trace, never what it should not know. */
export interface Told {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The code of docs/errors.md, or `HTTP_<status>`. */
  readonly code: string;
}

const statusOfCode: { readonly [code: string]: number } = {
  BAD_ARGUMENT: 400,
  BAD_EVENT: 400,
  BAD_MESSAGE: 400,
  BUS_CLOSED: 503,
  DISK_FULL: 503,
  EVENT_TOO_LARGE: 413,
  FORBIDDEN: 403,
  NOT_RUNNING: 503,
  NO_SUCH_FUNCTION: 404,
  NO_SUCH_JOB: 404,
  NO_SUCH_KEY: 404,
  NO_SUCH_RECORD: 404,
  OVERLOADED: 429,
  STOPPING: 503,
  TIMEOUT: 504,
  UNSUPPORTED: 400,
};

/** Fastify's own errors that a client causes; their messages are for developers, so they get ours. */
const fastifyMessages: { readonly [code: string]: string } = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The entity sent with the request exceeds the maximum allowed bytes.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The request ended before its Content-Length.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Content type not supported',
};

/** Turns whatever was thrown into what the client may know. */
export function told(error: unknown): Told {
  if (error instanceof HttpError) {
    const { status, message, headers } = error;
    return { status, message, headers, code: `HTTP_${status}` };
  }
  if (isBrineError(error)) return toldBrine(error);
  const { statusCode, code = '' } = (error ?? {}) as { statusCode?: number; code?: string };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const message = Object.hasOwn(fastifyMessages, code) ? fastifyMessages[code] : undefined;
    return {
      status: statusCode,
      message: message ?? 'Bad request.',
      headers: {},
      code: `HTTP_${statusCode}`,
    };
  }
  return { status: 500, message: 'An unexpected error occurred', headers: {}, code: 'HTTP_500' };
}

function toldBrine({ code, message, fields }: BrineError): Told {
  const status = statusOfCode[code] ?? 500;
  const wait = fields['retry_after_s'];
  const retryAfter = typeof wait === 'number' ? wait : status === 429 || status === 503 ? 1 : undefined;
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return { status, message: status === 500 ? 'An unexpected error occurred' : message, headers, code };
}
