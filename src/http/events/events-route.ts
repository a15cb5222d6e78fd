import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressOf, authenticate, secretOf } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import type { Caller } from '../users/caller.ts';
import { type TagScope, wishedScope } from '../users/tag-scope.ts';
import { saltFrame } from './frames.ts';
import { lastEventId, startOf } from './resume.ts';
import { beginStream } from './sse.ts';

const wishesMax = 100;

/** salt-api's sentence for any parameter but ours. */
const noParameters =
  "The /events endpoint takes no query parameters; in particular, tokens must not be passed via the query string -- they end up in access logs and the Referer header. Use the 'X-Auth-Token' header (for non-browser clients) or the session cookie set by /login (for browser EventSource clients) instead.";

/** The stream of salt-api, which is resumed by `Last-Event-ID` and narrowed by `?tag=`. */
export function eventsRoute(app: FastifyInstance, parts: ApiParts): void {
  const { events } = parts.master;
  const config = { access: 'open', logins: ['session', 'chunk'] } as const;
  app.get('/events', { config }, async (request, reply) => {
    const wish = wishOf(request, parts.api.tokenInQuery);
    const caller = callerOf(request, parts);
    const last = lastEventId(request);
    if (events.recent.head === undefined) parts.master.require();
    if (request.method === 'HEAD')
      return reply.header('content-type', 'text/event-stream;charset=utf-8').send();
    const from = await startOf(events, last);
    const sink = beginStream(request, reply);
    parts.streams.open({ caller, wish, from, frame: saltFrame, form: 'salt', sink });
    return reply;
  });
}

/** The tags that the query asks for. Throws 400 for any other parameter. */
export function wishOf(request: FastifyRequest, tokenInQuery: boolean): TagScope {
  const { tag, token, salt_token: saltToken, ...other } = request.query as Record<string, unknown>;
  const hasToken = token !== undefined || saltToken !== undefined;
  if (Object.keys(other).length > 0 || (hasToken && !tokenInQuery)) throw new HttpError(400, noParameters);
  const wishes = tag === undefined ? [] : [tag].flat();
  if (wishes.length > wishesMax) throw new HttpError(400, `A stream takes at most ${wishesMax} tags.`);
  return wishedScope(
    wishes.map((wish) => {
      if (typeof wish === 'string' && wish !== '') return wish;
      throw new HttpError(400, 'A tag to wish for is a beginning of tags, or a glob.');
    }),
  );
}

function callerOf(request: FastifyRequest, { api, access }: ApiParts): Caller {
  const { token, salt_token: saltToken } = request.query as Record<string, unknown>;
  const inQuery = api.tokenInQuery ? (token ?? saltToken) : undefined;
  const secret = secretOf(request) ?? (typeof inQuery === 'string' ? inQuery : undefined);
  const caller = authenticate(request, access, secret);
  return { ...caller, address: addressOf(request) };
}
