import type { RouteGroup } from '../server/route-group.ts';
import { healthRoutes } from './health.ts';

/** Routes for whoever runs Brine: is it alive, is it ready, what has it counted. */
export const operations: RouteGroup = {
  name: 'operations',
  register: (app, parts) => {
    healthRoutes(app, parts);
  },
};
