import type { RouteGroup } from '../server/route-group.ts';

/** Streams of events. */
export const eventRoutes: RouteGroup = { name: 'events', register: () => undefined };
