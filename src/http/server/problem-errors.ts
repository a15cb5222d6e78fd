import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Telemetry } from '../../core/index.ts';
import { HttpError, told } from './http-error.ts';

/** Answers failures of Brine's own routes: RFC 9457, with the code of docs/errors.md. */
export function problemErrors(app: FastifyInstance, telemetry: Telemetry): void {
  app.setErrorHandler((error, request, reply) => {
    reportUnexpected(error, request, telemetry);
    sendProblem(reply, error);
  });
}

export function sendProblem(reply: FastifyReply, error: unknown): void {
  const { status, message, headers, code } = told(error);
  const problem = { type: 'about:blank', title: message, status, code };
  void reply
    .code(status)
    .headers(headers)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}

/** What nobody foresaw goes to the log; the client only learns that it happened. */
export function reportUnexpected(error: unknown, request: FastifyRequest, telemetry: Telemetry): void {
  if (error instanceof HttpError || told(error).status !== 500) return;
  const where = `api ${request.method} ${request.routeOptions.url ?? ''}`;
  telemetry.emit({
    kind: 'unexpected',
    where,
    message: error instanceof Error ? error.message : String(error),
  });
}
