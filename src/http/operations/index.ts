import { problemErrors } from '../server/problem-errors.ts';
import type { RouteGroup } from '../server/route-group.ts';
import { healthRoutes } from './health.ts';
import { metricsRoute } from './metrics.ts';

/** Routes for whoever runs Brine: is it alive, is it ready, what has it counted. */
export const operations: RouteGroup = {
  name: 'operations',
  register: (app, parts) => {
    problemErrors(app, parts.telemetry);
    healthRoutes(app, parts);
    metricsRoute(app, parts);
  },
};
