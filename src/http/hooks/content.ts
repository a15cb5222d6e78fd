import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson, type Value } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';

const fieldsMax = 1000;

/** Keeps bodies as they come: what was signed are the bytes. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, raw, done) => done(null, raw));
}

/** The body as it came; empty when there was none. */
export function rawOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The body as text, and as what it says by its type: JSON, a form, or the text itself. Throws 400 and 415. */
export function contentOf(request: FastifyRequest, raw: Buffer): { text: string; body: Value } {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new HttpError(415, 'A hook takes no encoded bodies.');
  const text = textOf(raw);
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return { text, body: readJson(text) };
  if (type === 'application/x-www-form-urlencoded') return { text, body: readForm(text) };
  return { text, body: jsonOrText(text) };
}

function textOf(raw: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new HttpError(400, 'The body is not UTF-8.');
  }
}

function readJson(text: string): Value {
  if (text.trim() === '') return null;
  try {
    return parseJson(text);
  } catch {
    throw new HttpError(400, 'Invalid JSON document');
  }
}

/** Some senders send JSON as plain text. */
function jsonOrText(text: string): Value {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function readForm(text: string): Value {
  const form = new Map<Value, Value>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.size >= fieldsMax) throw new HttpError(400, `A form has at most ${fieldsMax} fields.`);
    const before = form.get(name);
    if (before === undefined) form.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else form.set(name, [before, value]);
  }
  return form;
}
