import { STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { mapOf, type Telemetry } from '../../core/index.ts';
import { HttpError, type Told, told } from '../server/http-error.ts';
import { reportUnexpected } from '../server/problem-errors.ts';
import { answer } from './answer.ts';

/** A failure that salt-api answers as a value with a status, and not as a page. */
export class ReturnedError extends HttpError {}

/** Answers failures as salt-api does: a page whose heading is the status and whose paragraph is the reason. */
export function saltErrors(app: FastifyInstance, telemetry: Telemetry): void {
  app.setErrorHandler((error, request, reply) => {
    reportUnexpected(error, request, telemetry);
    const known = told(error);
    if (known.status !== 500 && !(error instanceof ReturnedError)) {
      sendSaltError(reply, error);
      return;
    }
    const value = mapOf({ status: known.status, return: known.message });
    try {
      void answer(request, reply, value, known.status);
    } catch (notAcceptable) {
      sendSaltError(reply, notAcceptable);
    }
  });
}

export function sendSaltError(reply: FastifyReply, error: unknown): void {
  const { status, message, headers } = saltTold(error);
  void reply
    .code(status)
    .headers(headers)
    .header('content-type', 'text/html;charset=utf-8')
    .send(Buffer.from(page(status, message)));
}

/** salt-api says 401 where others say 403, and 503 where others say 429; a wait for a login is told. */
function saltTold(error: unknown): Told {
  const known = told(error);
  if (known.code === 'FORBIDDEN') return { ...known, status: 401 };
  const isLockOut = known.message.startsWith('Too many failed logins');
  return known.code === 'OVERLOADED' && !isLockOut ? { ...known, status: 503 } : known;
}

function page(status: number, message: string): string {
  const title = `${status} ${STATUS_CODES[status] ?? 'Error'}`;
  return [
    '<!DOCTYPE html>',
    '<html>',
    `<head><meta charset="utf-8"><title>${title}</title></head>`,
    '<body>',
    `<h2>${title}</h2>`,
    `<p>${escaped(message)}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
