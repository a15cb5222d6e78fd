import type { FastifyInstance } from 'fastify';
import { takeBodies } from '../server/body.ts';
import type { ApiParts, RouteGroup } from '../server/route-group.ts';
import { saltHeaders } from './headers.ts';
import { hookRoute } from './hook.ts';
import { jobsRoutes } from './jobs.ts';
import { keysRoutes } from './keys.ts';
import { loginRoutes } from './login.ts';
import { minionsRoutes } from './minions.ts';
import { runRoutes } from './run.ts';
import { saltErrors } from './salt-errors.ts';
import { statsRoute } from './stats.ts';
import { tokenRoutes } from './token.ts';

const routes: readonly ((app: FastifyInstance, parts: ApiParts) => void)[] = [
  runRoutes,
  loginRoutes,
  tokenRoutes,
  minionsRoutes,
  jobsRoutes,
  keysRoutes,
  hookRoute,
  statsRoute,
];

/** The routes of Salt's rest_cherrypy. */
export const saltApi: RouteGroup = {
  name: 'salt-api',
  register: (app, parts) => {
    takeBodies(app);
    saltErrors(app, parts.telemetry);
    saltHeaders(app, parts);
    for (const route of routes) route(app, parts);
  },
};
