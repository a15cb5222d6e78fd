import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../users/access.ts';
import type { Caller } from '../users/caller.ts';
import type { SessionKind } from '../users/sessions.ts';
import { HttpError } from './http-error.ts';

export const sessionCookie = 'session_id';

const usualLogins: readonly SessionKind[] = ['session'];

/** The client's address as the connection has it; headers of proxies are not believed. */
export function addressOf(request: FastifyRequest): string {
  return (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
}

/** What the request shows: the header wins over the cookie, as in salt-api. */
export function secretOf(request: FastifyRequest): string | undefined {
  const header = request.headers['x-auth-token'];
  if (typeof header === 'string' && header !== '') return header;
  const bearer = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? request.cookies[sessionCookie];
}

/** The caller of a request, or 401. */
export function authenticate(
  request: FastifyRequest,
  access: Access,
  secret: string | undefined = secretOf(request),
): Caller {
  const logins = request.routeOptions.config.logins ?? usualLogins;
  const caller = secret === undefined ? undefined : access.byToken(secret, addressOf(request), logins);
  if (caller === undefined) throw unauthorized();
  return caller;
}

/** The caller that the server has authenticated already. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw unauthorized();
  return request.caller;
}

export function unauthorized(): HttpError {
  return new HttpError(401, 'No permission -- see authorization schemes');
}

export interface CookieOptions {
  readonly idleMs: number;
  readonly secure: boolean;
  readonly nowMs: number;
}

/** Gives a login to a browser. Other pages' scripts neither read the cookie nor send it. */
export function setSessionCookie(reply: FastifyReply, id: string, options: CookieOptions): void {
  const { idleMs, secure, nowMs } = options;
  reply.setCookie(sessionCookie, id, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: Math.floor(idleMs / 1000),
    expires: new Date(nowMs + idleMs),
  });
}
