import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getString, mapOf, toJson } from '../../core/index.ts';
import { addressOf } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import { problemErrors } from '../server/problem-errors.ts';
import { traceOfRequest } from '../server/request-trace.ts';
import type { ApiParts, RouteGroup } from '../server/route-group.ts';
import type { Judgement } from './checks.ts';
import { contentOf, rawOf, takeRawBodies } from './content.ts';
import type { Hook } from './hook.ts';
import { deliveryOf } from './receive.ts';

/** `POST /hook/NAME` for each hook of the configuration: size, then signature, and only then the content. */
export const namedHooks: RouteGroup = {
  name: 'hooks',
  register: (app, parts) => {
    problemErrors(app, parts.telemetry);
    takeRawBodies(app);
    for (const hook of parts.hooks.values()) hookRoute(app, hook, parts);
  },
};

function hookRoute(app: FastifyInstance, hook: Hook, parts: ApiParts): void {
  const { clock, once, telemetry } = parts;
  const { name, bodyBytesMax: bodyLimit, check } = hook.settings;
  const take = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const raw = rawOf(request);
    const judgement = hook.check({ headers: request.headers, raw, nowMs: clock.nowMs() });
    if (!judgement.ok) {
      telemetry.emit({
        kind: 'api.hook.refused',
        hook: name,
        address: addressOf(request),
        reason: judgement.reason,
      });
      throw refused(judgement, check.kind === 'alertmanager');
    }
    hook.rate.take(`The hook ${name}`);
    const challenge = check.kind === 'slack' ? challengeOf(request, raw) : undefined;
    if (challenge !== undefined) return reply.type('text/plain').send(challenge);
    const delivery = deliveryOf(hook, request, raw, judgement.marks);
    const trace = traceOfRequest(request, reply, parts);
    const { id, tag, repeated } = await once.publish({ ...delivery, ...trace });
    return reply.type('application/json').send(Buffer.from(toJson(mapOf({ id, tag, repeated }))));
  };
  app.post(`/hook/${name}`, { bodyLimit, config: { access: 'open' } }, take);
}

/** Slack asks once whether the address is ours, and wants its word back. */
function challengeOf(request: FastifyRequest, raw: Buffer): string | undefined {
  const { body } = contentOf(request, raw);
  return getString(body, 'type') === 'url_verification' ? getString(body, 'challenge') : undefined;
}

function refused({ reason, proven }: Judgement & { ok: false }, isBasic: boolean): HttpError {
  const message =
    proven === true ? `The delivery is refused: ${reason}.` : 'The delivery is not from its sender.';
  return new HttpError(401, message, isBasic ? { 'www-authenticate': 'Basic realm="hook"' } : {});
}
