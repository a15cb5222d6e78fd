import type { FastifyInstance, RouteOptions } from 'fastify';
import { sendSaltError } from '../salt-api/salt-errors.ts';
import { HttpError } from './http-error.ts';
import { sendProblem } from './problem-errors.ts';

/** Answers requests for which there is no route: 405 with what the path allows, else 404. */
export function notFound(app: FastifyInstance): { note: (route: RouteOptions) => void } {
  const methods = new Map<string, { readonly test: RegExp; readonly allow: Set<string> }>();
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const allow = new Set(
      [...methods.values()].filter(({ test }) => test.test(path)).flatMap((known) => [...known.allow]),
    );
    const error =
      allow.size === 0
        ? new HttpError(404, `The path '${path.slice(0, 200)}' was not found.`)
        : new HttpError(405, 'Specified method is invalid for this resource', {
            allow: [...allow].sort().join(', '),
          });
    if (path.startsWith('/v1/')) sendProblem(reply, error);
    else sendSaltError(reply, error);
  });
  return {
    note: ({ url, method }) => {
      if (method === 'OPTIONS') return;
      const entry = methods.get(url) ?? { test: pathTest(url), allow: new Set<string>() };
      for (const one of [method].flat()) entry.allow.add(one);
      methods.set(url, entry);
    },
  };
}

/** A route's path as an expression: `:name` is one part, `*` is anything. */
function pathTest(url: string): RegExp {
  const source = url
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\/:\w+\?/g, '(?:/[^/]*)?')
    .replaceAll(/:\w+/g, '[^/]+')
    .replaceAll('*', '.*');
  return new RegExp(`^${source}/?$`);
}
