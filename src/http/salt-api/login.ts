import type { FastifyInstance } from 'fastify';
import { fromPlain, mapOf, PyFloat, type Value } from '../../core/index.ts';
import { addressOf, callerOf, setSessionCookie } from '../server/authenticate.ts';
import { bodyOf } from '../server/body.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import type { Login } from '../users/access.ts';
import { sortedPermissions } from '../users/permissions.ts';
import { answer } from './answer.ts';
import { refuseQuery } from './headers.ts';
import { welcome } from './welcome.ts';

/** Nobody's name and password need more, and anybody may send them. */
const bodyLimit = 64 * 1024;

export function loginRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { access, api, clock } = parts;
  app.get('/login', { config: { access: 'open' } }, async (request, reply) => {
    refuseQuery(request.query);
    void reply.header('www-authenticate', 'Session');
    return answer(request, reply, mapOf({ status: null, return: 'Please log in' }));
  });
  app.post('/login', { config: { access: 'body' }, bodyLimit }, async (request, reply) => {
    const login = loginOf(firstOf(bodyOf(request).value));
    const found = login === undefined ? undefined : await access.logIn(login, addressOf(request), 'session');
    if (found === undefined) throw new HttpError(401, 'Could not authenticate using provided credentials');
    const { id, session, user } = found;
    void reply.header('x-auth-token', id);
    setSessionCookie(reply, id, {
      idleMs: api.sessionIdleMs,
      secure: api.tls !== null,
      nowMs: clock.nowMs(),
    });
    const perms = user.perms.length === 0 ? new Map() : fromPlain(sortedPermissions(user.perms));
    const about = mapOf({
      token: id,
      expire: secondsOf(session.expireMs),
      start: secondsOf(session.startMs),
      user: session.user,
      eauth: session.eauth,
      perms,
    });
    return answer(request, reply, mapOf({ return: [about] }));
  });
  app.get('/logout', { config: { access: 'caller' } }, async (request, reply) =>
    answer(request, reply, welcome()),
  );
  app.post('/logout', { config: { access: 'caller' } }, async (request, reply) => {
    const { session } = callerOf(request);
    if (session !== null) await access.logOut(session);
    void reply.clearCookie('session_id', { path: '/' });
    return answer(request, reply, mapOf({ return: 'Your token has been cleared' }));
  });
}

/** The credentials among a map's members; undefined when one of them is missing. */
export function loginOf(value: Value | undefined): Login | undefined {
  if (!(value instanceof Map)) return undefined;
  const [username, password, eauth] = ['username', 'password', 'eauth'].map((key) => textIn(value.get(key)));
  if (username === undefined || password === undefined || eauth === undefined || eauth === '')
    return undefined;
  return { username, password, eauth };
}

/** A password of digits arrives as a number from YAML. */
function textIn(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

function firstOf(value: Value): Value | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** A time as Python's clock gives it: seconds with a fraction. */
export function secondsOf(ms: number): Value {
  const seconds = ms / 1000;
  return Number.isInteger(seconds) ? new PyFloat(seconds) : seconds;
}
