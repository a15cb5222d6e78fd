import { BrineError, fromPlain, messageOf, toJson, type Value, type ValueMap } from '../../core/index.ts';
import { type FunctionTable, optionalNumber, optionalText, textOf } from './function.ts';

const timeoutSDefault = 20;
const timeoutSMax = 300;
const bodyBytesMax = 1 << 20;

/** Calls a web service. Other methods than these change what a URL means. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export const httpRunners: FunctionTable = {
  'http.query': {
    doc: 'Sends an HTTP request. Returns status, headers (with headers=True), and body, or dict with decode=True.',
    parameters: [
      { name: 'url' },
      { name: 'method', default: 'GET' },
      { name: 'params', default: null },
      { name: 'data', default: null },
      { name: 'header_dict', default: null },
      { name: 'username', default: null },
      { name: 'password', default: null },
      { name: 'decode', default: false },
      { name: 'decode_type', default: 'auto' },
      { name: 'headers', default: false },
      { name: 'status', default: true },
      { name: 'text', default: true },
      { name: 'timeout', default: timeoutSDefault },
    ],
    run: query,
  },
};

async function query(given: ValueMap): Promise<Value> {
  const url = urlOf(given);
  const seconds = Math.min(Math.max(optionalNumber(given, 'timeout') ?? timeoutSDefault, 0.1), timeoutSMax);
  const init = requestOf(given, AbortSignal.timeout(seconds * 1000));
  try {
    const response = await fetch(url, init);
    return answerOf(given, response, await readBody(response));
  } catch (cause) {
    if (cause instanceof BrineError) throw cause;
    const why =
      cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
    const late = cause instanceof Error && cause.name === 'TimeoutError';
    throw new BrineError(
      late ? 'TIMEOUT' : 'BAD_ARGUMENT',
      `${url.origin}${url.pathname} did not answer: ${why}`,
      {
        cause,
      },
    );
  }
}

function urlOf(given: ValueMap): URL {
  const text = textOf(given, 'url');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new BrineError('BAD_ARGUMENT', `${text} is not an http or https address.`);
  const params = given.get('params');
  if (params instanceof Map)
    for (const [key, value] of params) url.searchParams.append(plainText(key), plainText(value));
  return url;
}

function requestOf(given: ValueMap, signal: AbortSignal): RequestInit {
  const method = textOf(given, 'method').toUpperCase();
  if (!methods.includes(method)) throw new BrineError('BAD_ARGUMENT', `There is no method ${method}.`);
  const headers = new Headers();
  const given_ = given.get('header_dict');
  if (given_ instanceof Map) for (const [key, value] of given_) headers.set(plainText(key), plainText(value));
  const username = optionalText(given, 'username');
  if (username !== null) {
    const pair = `${username}:${optionalText(given, 'password') ?? ''}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  const data = given.get('data') ?? null;
  if (data === null || method === 'GET' || method === 'HEAD') return { method, headers, signal };
  if (typeof data !== 'string' && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  return { method, headers, signal, body: typeof data === 'string' ? data : toJson(data) };
}

/** The body as text; a longer one than we keep is an error, not a cut. */
async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > bodyBytesMax)
      throw new BrineError('EVENT_TOO_LARGE', `The answer has more than ${bodyBytesMax} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function answerOf(given: ValueMap, response: Response, body: string): Value {
  const answer: ValueMap = new Map();
  if (given.get('status') === true) answer.set('status', response.status);
  if (given.get('headers') === true) answer.set('headers', new Map<Value, Value>(response.headers));
  const decoded = given.get('decode') === true ? decode(given, response, body) : undefined;
  if (decoded !== undefined) answer.set('dict', decoded);
  else if (given.get('text') === true) answer.set('body', body);
  if (!response.ok) answer.set('error', `HTTP ${response.status} ${response.statusText}`.trim());
  return answer;
}

function decode(given: ValueMap, response: Response, body: string): Value | undefined {
  const type = textOf(given, 'decode_type');
  if (type === 'plain') return undefined;
  if (type !== 'auto' && type !== 'json')
    throw new BrineError(
      'UNSUPPORTED',
      `Answers of type ${type} cannot be decoded; json, plain and auto can.`,
    );
  if (type === 'auto' && !(response.headers.get('content-type') ?? '').includes('json')) return undefined;
  try {
    return fromPlain(JSON.parse(body));
  } catch (cause) {
    throw new BrineError('BAD_ARGUMENT', `The answer is not JSON: ${messageOf(cause)}`, { cause });
  }
}

function plainText(value: Value): string {
  return typeof value === 'string' ? value : toJson(value);
}
