import type { FastifyInstance } from 'fastify';
import { mapOf, type Value } from '../../core/index.ts';
import { addressOf } from '../server/authenticate.ts';
import { bodyOf } from '../server/body.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { loginOf, secondsOf } from './login.ts';
import { lowstateOf } from './lowstate.ts';
import { welcome } from './welcome.ts';

const bodyLimit = 64 * 1024;
/** Each one costs a password check. */
const chunksMax = 10;

/** Tokens for chunks: what `/run` takes instead of a password, without a login. */
export function tokenRoutes(app: FastifyInstance, { access }: ApiParts): void {
  app.get('/token', { config: { access: 'open' } }, async (request, reply) =>
    answer(request, reply, welcome()),
  );
  app.post('/token', { config: { access: 'body' }, bodyLimit }, async (request, reply) => {
    const chunks = lowstateOf(bodyOf(request).value, chunksMax);
    const logins = chunks.map((chunk) => {
      const login = loginOf(chunk);
      if (login !== undefined) return login;
      throw new HttpError(400, 'Require "username", "password", and "eauth" params');
    });
    const made: Value[] = [];
    for (const login of logins) {
      const found = await access.logIn(login, addressOf(request), 'chunk');
      if (found === undefined) throw wrongLogin(login.username);
      const { id, session } = found;
      made.push(
        mapOf({
          start: secondsOf(session.startMs),
          expire: secondsOf(session.expireMs),
          name: session.user,
          eauth: session.eauth,
          token: id,
        }),
      );
    }
    return answer(request, reply, made);
  });
}

/** Salt's sentence when a runner or a wheel is refused for its credentials. */
export function wrongLogin(user: string): HttpError {
  return new HttpError(401, `Authentication failure of type "eauth" occurred for user ${user}.`);
}
